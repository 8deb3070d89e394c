"""Drag and drop with a real pointer: python tests/e2e/carrying.py FOLDER (DISPLAY must be set).

From another program into the library, from the library to the first image and to the tracks, a look onto a clip, the
monitor's picture into the library, a clip onto the prompt. Writes screenshots to FOLDER/screens and FOLDER/report.json.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QPoint

from tests.e2e.actor import Actor, FileWindow, perform
from tests.e2e.stage import OnStage


class Carrying(Actor):
    """The script, and the record of what was said over each place and what came of it."""

    def __init__(self, stage: OnStage, folder: Path) -> None:
        super().__init__(stage, folder)
        self.report["said"] = []

    def play(self) -> None:
        """The whole script."""
        self.open()
        self.file_into_the_library()
        self.tile_to_the_first_image()
        self.tile_to_the_tracks()
        self.look_onto_the_clip()
        self.picture_into_the_library()
        self.clip_onto_the_prompt()
        self.refusal()

    def file_into_the_library(self) -> None:
        """A picture file from another program."""
        target = self.stage.centre(lambda: self.window.library)
        with FileWindow(self.folder / "photo.png") as source:
            self.carry(source, target, "1-file-library")
        self.stage.until("the photo in the library", lambda: self.window.library.model.rowCount() == 1, 20)

    def tile_to_the_first_image(self) -> None:
        """A tile of the library becomes the first image."""
        self.carry(self.stage.ask(self.tile), self.place("firstImage"), "2-tile-first")
        self.stage.until("the first image", lambda: self.window.inspector.draft().first is not None, 10)

    def tile_to_the_tracks(self) -> None:
        """A tile of the library becomes a clip where it falls."""
        self.carry(self.stage.ask(self.tile), self.stage.ask(lambda: self.at(24)), "3-tile-track")
        self.stage.until("a clip", lambda: self.window.session.timeline.length > 0, 10)
        self.report["clip_at"] = self.stage.ask(lambda: self.window.session.timeline.cuts()[0])
        self.stage.ask(lambda: self.window.timeline.fit())

    def look_onto_the_clip(self) -> None:
        """A look dropped on a clip restyles it, and both are compared."""
        self.stage.ask(lambda: self.window.docks.shelves.bring(self.window.looks))
        time.sleep(0.4)
        card = self.stage.centre(lambda: self.window.looks.cards[4])
        middle = self.stage.ask(lambda: self.at(sum(self.window.session.timeline.cuts()[:2]) // 2))
        self.carry(card, middle, "4-look-clip")
        self.stage.until("a job", lambda: self.window.session.jobs(), 10)
        self.report["compared"] = self.stage.ask(lambda: self.window.session.viewing.compare is not None)
        self.stage.ask(lambda: [self.window.session.cancel(job.id) for job in self.window.session.jobs()])
        self.stage.until("idle", lambda: not any(job.active for job in self.window.session.jobs()), 60)
        self.stage.ask(lambda: self.window.session.viewing.stop_comparing())

    def picture_into_the_library(self) -> None:
        """The picture of the monitor becomes a picture of the project."""
        self.stage.ask(lambda: self.window.docks.shelves.bring(self.window.library))
        self.stage.ask(lambda: self.window.session.seek(self.window.session.timeline.cuts()[0] + 2))
        self.stage.until("a picture", lambda: self.window.monitor.view.image is not None, 20)
        before = self.stage.ask(lambda: self.window.library.model.rowCount())
        view = self.stage.centre(lambda: self.window.monitor.view)
        self.carry(view, self.stage.centre(lambda: self.window.library.view), "5-still-library")
        self.stage.until("the still", lambda: self.window.library.model.rowCount() == before + 1, 20)

    def clip_onto_the_prompt(self) -> None:
        """A clip dragged out of the timeline onto the prompt."""
        self.stage.ask(lambda: self.window.inspector.state.update(first=None))
        middle = self.stage.ask(lambda: self.at(sum(self.window.session.timeline.cuts()[:2]) // 2))
        self.carry(middle, self.place("prompt"), "6-clip-prompt")
        self.stage.until("the image again", lambda: self.window.inspector.draft().first is not None, 10)

    def refusal(self) -> None:
        """A file that is nothing to us says why."""
        with FileWindow(self.folder / "notes.txt") as source:
            self.carry(source, self.place("lastImage"), "7-refused")
        self.stage.until("the notice", lambda: self.window.toasts.texts(), 10)
        self.report["told"] = self.stage.ask(lambda: self.window.toasts.texts()[-1])

    # -- hands and eyes ----------------------------------------------------------------------------------------

    def carry(self, start: QPoint, end: QPoint, name: str) -> None:
        """Drag from one place to another; what is said before it is let go goes into the report."""

        def look() -> None:
            self.hands.move(end + QPoint(2, 1))
            time.sleep(0.3)
            self.report["said"].append(self.stage.ask(self.said))
            self.shot(name)
            self.hands.move(end)

        self.hands.drag(start, end, 25, look)

    def tile(self) -> QPoint:
        view = self.window.library.view
        return view.viewport().mapToGlobal(view.visualRect(self.window.library.model.index(0)).center())


if __name__ == "__main__":
    sys.exit(perform(Path(sys.argv[1]), Carrying))
