"""From a prompt to an exported film with real events: python tests/e2e/first_light.py FOLDER (DISPLAY must be set).

Writes screenshots of every state to FOLDER/screens and what was seen to FOLDER/report.json. What a person would do:
type a prompt, generate, watch the picture form, play, drag a photo in and animate it, pull a clip's edge, undo, redo,
export.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from tests.e2e.actor import Actor, FileWindow, perform
from tests.e2e.stage import OnStage

PROMPT = "a red balloon rises over green hills at sunset"


class FirstLight(Actor):
    """The script of what a person does, and the record of what the person saw."""

    def __init__(self, stage: OnStage, folder: Path) -> None:
        super().__init__(stage, folder)
        self.report["looks"] = []

    def play(self) -> None:
        """The whole script."""
        self.arrive()
        self.generate()
        self.watch()
        self.play_back()
        self.drop_photo()
        self.extend_by_the_edge()
        self.undo_and_redo()
        self.export()

    # -- acts --------------------------------------------------------------------------------------------------

    def arrive(self) -> None:
        """The window comes up with the caret in the prompt."""
        self.open()
        self.report["focus"] = self.stage.ask(lambda: QApplication.focusWidget().objectName())
        self.shot("1-empty")
        # Few steps and a shorter clip: here it counts that clips come, not how fine they are.
        self.stage.ask(lambda: self.window.inspector.state.update(steps=8, seconds=1.4))

    def generate(self) -> None:
        """Type and Ctrl+Return; a live clip stands on the timeline at once."""
        self.hands.type(PROMPT)
        self.shot("2-prompt")
        self.hands.press("ctrl+Return")
        self.stage.until("a clip on the timeline", lambda: self.clips())
        self.report["live_clip_at_once"] = self.stage.ask(lambda: bool(self.window.session.jobs()))

    def watch(self) -> None:
        """Different previews are seen in the monitor before the clip is done."""
        seen: set[str] = set()
        end, shots = time.monotonic() + 240, 0
        while time.monotonic() < end and not self.stage.ask(self.idle):
            picture, pill = self.stage.ask(self.monitor)
            if picture and pill:
                seen.add(picture)
                self.report["looks"].append(pill)
            if len(seen) in (2, 5) and shots < len(seen) // 2:
                shots += 1
                self.shot(f"3-generating-{shots}")
            time.sleep(0.05)
        self.report["different_previews"] = len(seen)
        self.report["states"] = self.stage.ask(lambda: [job.words for job in self.window.session.jobs()])
        time.sleep(1)
        self.shot("4-done")

    def play_back(self) -> None:
        """Space plays; the picture moves."""
        self.hands.press("Escape")
        self.hands.click(self.stage.centre(lambda: self.window.monitor.view))
        self.hands.press("Home")
        time.sleep(0.5)
        first = self.stage.ask(self.monitor)[0]
        self.hands.press("space")
        time.sleep(0.8)
        self.report["playing_at"] = self.stage.ask(lambda: self.window.session.playhead)
        self.report["picture_moved"] = self.stage.ask(self.monitor)[0] != first
        self.shot("5-playing")
        self.hands.press("space")

    def drop_photo(self) -> None:
        """Drag a picture file from another window onto First image, and animate it."""
        photo = self.folder / "photo.png"
        with FileWindow(photo) as source:
            target = self.place("firstImage")
            half = target + QPoint(30, 40)
            self.hands.drag(source, target, 25, lambda: self.hands.move(half - QPoint(28, 38)))
            self.stage.until("the photo in its place", lambda: self.window.inspector.draft().first == photo)
        self.shot("6-photo")
        before = len(self.stage.ask(self.clips))
        self.hands.press("ctrl+Return")
        self.stage.until("the animated clip", lambda: len(self.clips()) == before + 1 and self.idle(), 240)
        self.shot("7-animated")

    def extend_by_the_edge(self) -> None:
        """Pull the last clip's right edge past its media: the ghost says what will be made; release makes it."""
        clip = self.stage.ask(lambda: self.clips()[-1])
        self.stage.ask(lambda: self.window.timeline.fit())
        time.sleep(0.4)
        edge = self.stage.ask(lambda: self.at(clip.stop, -3))
        away = self.stage.ask(lambda: self.at(clip.stop + 36))

        def look() -> None:
            self.report["ghost"] = self.stage.ask(lambda: self.window.timeline.scene.ghost.text)
            self.shot("8-ghost")

        before = len(self.stage.ask(self.clips))
        self.hands.drag(edge, away, 14, look)
        self.stage.until("the extension", lambda: len(self.clips()) == before + 1 and self.idle(), 240)
        made = self.stage.ask(lambda: self.clips()[-1])
        self.report["extension"] = {"start": made.start, "behind": clip.stop, "length": made.length}
        self.shot("9-extended")

    def undo_and_redo(self) -> None:
        """Ctrl+Z takes the extension away, Ctrl+Shift+Z brings it back."""
        before = len(self.stage.ask(self.clips))
        self.hands.press("ctrl+z")
        self.stage.until("undo", lambda: len(self.clips()) == before - 1, 10)
        self.shot("10-undone")
        self.hands.press("ctrl+shift+z")
        self.stage.until("redo", lambda: len(self.clips()) == before, 10)

    def export(self) -> None:
        """Ctrl+E, a path, Return: the film is on disk."""
        out = self.folder / "film.mp4"
        self.hands.press("ctrl+e")
        self.stage.until("the export dialog", lambda: self.dialog("exportDialog") is not None, 20)
        self.hands.click(self.stage.centre(lambda: self.dialog("exportDialog").findChild(QWidget, "exportPath")))
        self.hands.press("ctrl+a")
        self.hands.type(str(out))
        self.shot("11-export")
        self.hands.press("Return")
        self.stage.until("the exported file", out.exists, 120)
        time.sleep(0.5)
        self.shot("12-exported")
        self.report["film"] = str(out)
        self.report["timeline"] = self.stage.ask(lambda: self.window.session.timeline.length)

    # -- looking -----------------------------------------------------------------------------------------------

    def monitor(self) -> tuple[str, str]:
        """A digest of the picture in the monitor and the words over it."""
        view = self.window.monitor.view
        image, pill = view.image, view.pill
        digest = hashlib.sha256(bytes(image.constBits())).hexdigest() if image is not None else ""
        return digest, pill.text if pill is not None else ""


if __name__ == "__main__":
    sys.exit(perform(Path(sys.argv[1]), FirstLight))
