"""A film of five shots from nothing, with real events: python tests/e2e/film.py FOLDER (DISPLAY must be set).

Shot 1 is made from words and told again in a look, 2 is the bridge to 3, a dropped photo that moves and is extended by
its edge, 4 is a loop of it, 5 a storyboard. They are trimmed, moved and dissolved into each other, a tone is laid
under them, and the film is written.

Writes screenshots of every state to FOLDER/screens, the film to FOLDER/film.mp4, and to FOLDER/report.json what was
seen, where each shot stands, how long it took and how many events it needed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint

from sora_studio.core.timeline import Clip
from tests.e2e import props
from tests.e2e.actor import Actor, FileWindow, perform
from tests.e2e.stage import OnStage

PROMPT = "a red balloon rises over green hills at sunset"
MOVING = "the camera zooms in slowly"
CARDS = ("a small boat on a calm blue lake", "snow falls on a dark forest at night")
LENGTH = "1.1"
"""Seconds of a clip: nine frames of the built-in model."""
HALF, LITTLE = 12, 6
"""Timeline frames that stay without the look, and those that trims take away."""
SOUND_SECONDS = 4.0
"""Of the tone: shorter than the film."""
PATIENCE = 300.0
"""Seconds that a clip may take on a busy machine."""


class FilmMaker(Actor):
    """The script. `report["shots"]` has where each shot stands on the timeline when the film is written."""

    def __init__(self, stage: OnStage, folder: Path) -> None:
        super().__init__(stage, folder)
        self.report["seconds"] = {}
        self.shots: dict[str, str] = {}
        """The clip of each shot by its name."""

    def play(self) -> None:
        """The whole film."""
        props.photo(self.folder / "photo.png")
        props.tone(self.folder / "tone.wav", SOUND_SECONDS)
        self.open()
        began = time.monotonic()
        acts = (
            *(self.settings, self.words, self.photo, self.extend, self.bridge, self.restyle, self.loop),
            *(self.storyboard, self.trim, self.move, self.dissolve, self.undo, self.sound, self.export),
        )
        for act in acts:
            start = time.monotonic()
            act()
            self.report["seconds"][act.__name__] = round(time.monotonic() - start, 1)
        self.report["seconds"]["all"] = round(time.monotonic() - began, 1)
        events = self.report["events"] = dict(self.hands.events)
        keys = events["type"] + events["key"]
        walked = f"{self.report['timeline'] / 24:.1f} s of film in {self.report['seconds']['all']:.0f} s"
        sys.stdout.write(f"{walked}: {sum(events.values()) - keys} events of the pointer, {keys} keys\n")

    # -- the shots ---------------------------------------------------------------------------------------------

    def settings(self) -> None:
        """Short sketches: Draft, and one second."""
        self.shot("01-empty")
        self.click("expertHead")
        self.click("mode0")
        self.number("length", LENGTH)
        self.report["steps"] = self.stage.ask(lambda: self.window.inspector.draft().steps)

    def words(self) -> None:
        """Type what is to be seen; the picture is watched while it forms."""
        self.write("prompt", PROMPT)

        def make() -> None:
            self.hands.press("ctrl+Return")
            self.stage.until("a picture that forms", self.forming, PATIENCE)
            self.shot("02-forming")

        self.made("words", make)

    def photo(self) -> None:
        """Drag a picture from another program onto the prompt, and animate it."""
        photo = self.folder / "photo.png"
        with FileWindow(photo) as source:
            self.carry(source, self.place("prompt"), "03-photo")
        self.stage.until("the photo in its place", lambda: self.window.inspector.draft().first == photo, 20)
        self.write("prompt", MOVING)
        self.made("photo", lambda: self.hands.press("ctrl+Return"))
        self.click("firstImageClear")
        self.shot("04-animated")

    def extend(self) -> None:
        """Pull the photo's right edge past its media by a second."""
        self.fit()
        clip = self.stage.ask(lambda: self.of("photo"))
        self.report["photo_length"] = clip.length
        edge, away = self.stage.ask(lambda: (self.at(clip.stop, -4), self.at(clip.stop + 24)))
        self.made("extension", lambda: self.hands.drag(edge, away, 14, lambda: self.look("ghost", "05-ghost")))

    def bridge(self) -> None:
        """Drag photo and extension to the right, and bridge the gap that opens."""
        first, last = self.stage.ask(lambda: (self.of("photo"), self.of("extension")))
        self.hands.click(self.stage.ask(lambda: self.middle(first)))
        with self.hands.holding("ctrl"):
            self.hands.click(self.stage.ask(lambda: self.middle(last)))
        start, end = self.stage.ask(lambda: (self.middle(first), self.at(first.start + first.length / 2 + 24)))
        self.hands.drag(start, end)
        gap = self.stage.ask(lambda: (self.of("words").stop, self.of("photo").start))
        self.report["gap"] = gap[1] - gap[0]
        self.hands.move(self.stage.ask(lambda: self.at(sum(gap) / 2)))
        self.shot("06-gap")
        button = self.stage.ask(lambda: self.gap_button("bridge"))
        self.made("bridge", lambda: self.hands.click(button))
        self.shot("07-bridged")

    def restyle(self) -> None:
        """Cut the first shot near its end, choose a look for what stands before the cut, and compare both."""
        words = self.stage.ask(lambda: self.of("words"))
        self.hands.press("b")
        self.hands.click(self.stage.ask(lambda: self.at(words.stop - HALF)))
        self.hands.press("v")
        self.stage.until("the cut", lambda: self.of("words").length < words.length, 10)
        behind = self.stage.ask(lambda: self.window.session.timeline.neighbours(self.shots["words"])[1])
        self.shots["rest"] = behind.id
        self.hands.click(self.stage.ask(lambda: self.middle(self.of("words"))))
        self.click("takeOver")
        self.click("shelf1")
        time.sleep(0.5)
        self.click(self.stage.ask(lambda: self.window.looks.cards[4].objectName()))

        self.click("lookRestyle")
        self.stage.until("the take", lambda: len(self.of("words").takes) == 2, 20)
        self.stage.until("a picture that forms", self.forming, PATIENCE)
        self.shot("08-compare")
        self.done("the look")
        self.click("lookCompare")
        self.click("look-none")
        self.click("shelf0")

    def loop(self) -> None:
        """Close the extension into a loop."""
        self.hands.click(self.stage.ask(lambda: self.middle(self.of("extension"))))
        self.click("takeOver")
        self.number("verbSeconds", "1")
        self.made("loop", lambda: self.click("loop"))

    def storyboard(self) -> None:
        """Two cards become one clip."""
        self.hands.press("ctrl+5")
        for text in CARDS:
            self.click("addCard")
            self.hands.type(text)
            self.number("cardSeconds", "0.6")
        self.shot("09-storyboard")
        self.made("storyboard", lambda: self.click("makeStoryboard"))
        self.hands.press("ctrl+5")

    # -- the arrangement ---------------------------------------------------------------------------------------

    def trim(self) -> None:
        """Take a little off loop and storyboard where they meet."""
        self.fit()
        self.hands.press("Escape")  # a selected clip has its handles over its neighbours' edges
        self.pull("loop", -LITTLE, lambda: self.shot("10-trim"))
        self.pull("storyboard", LITTLE, head=True)

    def move(self) -> None:
        """Drag the storyboard back until it snaps to the loop."""
        goal = self.stage.ask(lambda: self.of("loop").stop)
        clip = self.stage.ask(lambda: self.of("storyboard"))
        self.report["apart"] = clip.start - goal
        start, end = self.stage.ask(lambda: (self.middle(clip), self.at(goal + 1 + clip.length / 2)))
        self.hands.drag(start, end, 14, lambda: self.shot("11-move"))
        self.stage.until("the move", lambda: self.of("storyboard").start == goal, 10)

    def dissolve(self) -> None:
        """A dissolve on the cut before the storyboard."""
        self.hands.click(self.stage.ask(lambda: self.middle(self.of("storyboard"))))
        self.hands.press("ctrl+d")
        self.stage.until("the dissolve", lambda: self.window.session.timeline.tracks[0].dissolves, 10)
        self.shot("12-dissolved")

    def undo(self) -> None:
        """All edits of the arrangement taken back and brought again."""
        now = self.stage.ask(lambda: self.window.session.timeline)
        for _ in range(3):
            self.hands.press("ctrl+z")
        self.report["undone"] = self.stage.ask(lambda: self.window.session.timeline != now)
        for _ in range(3):
            self.hands.press("ctrl+shift+z")
        self.report["redone"] = self.stage.ask(lambda: self.window.session.timeline == now)

    def sound(self) -> None:
        """A sound from another program under the whole film."""
        lane = self.stage.ask(lambda: self.window.session.timeline.of_kind("audio")[0])
        with FileWindow(self.folder / "tone.wav") as source:
            self.carry(source, self.stage.ask(lambda: self.at(0, 6, lane)), "13-sound")
        self.stage.until("the sound", lambda: self.window.session.timeline.tracks[lane].clips, 20)
        self.report["sound_at"] = self.stage.ask(lambda: self.window.session.timeline.tracks[lane].clips[0].start)

    def export(self) -> None:
        """Ctrl+E, a path, Return: the film is on disk. Ctrl+S: so is the project."""
        out = self.folder / "film.mp4"
        self.hands.press("Home")
        self.hands.press("ctrl+e")
        self.stage.until("the export dialog", lambda: self.dialog("exportDialog") is not None, 20)
        time.sleep(0.5)
        self.write("exportPath", str(out))
        self.report["forecast"] = self.stage.ask(lambda: self.named("forecast").text())  # type: ignore[attr-defined]
        self.shot("14-export")
        self.hands.press("Return")
        self.stage.until("the exported file", out.exists, 120)
        self.shot("15-exported")
        self.click("cancelExport")
        self.hands.press("ctrl+s")
        self.stage.until("the saved project", lambda: not self.window.session.modified, 10)
        self.shot("16-film")
        self.report["timeline"] = self.stage.ask(lambda: self.window.session.timeline.length)
        self.report["size"] = self.stage.ask(lambda: str(self.window.session.timeline.size))
        self.report["shots"] = self.stage.ask(lambda: {name: self.told(name) for name in self.shots})
        self.report["dissolve"] = self.stage.ask(lambda: self.window.session.timeline.tracks[0].dissolves[0].length)

    # -- hands and eyes ----------------------------------------------------------------------------------------

    def made(self, name: str, act: Callable[[], None]) -> None:
        """Do what makes a clip, wait until it is made, and remember it as a shot."""
        before = {clip.id for clip in self.stage.ask(self.clips)}
        act()
        new = self.stage.until(f"the clip of {name}", lambda: [c for c in self.clips() if c.id not in before], 20)
        self.shots[name] = new[0].id
        self.done(name)

    def done(self, name: str) -> None:
        """Wait until what was asked for is made."""
        self.stage.until(f"{name} to be made", self.idle, PATIENCE)
        states = self.stage.ask(lambda: [job.state for job in self.window.session.jobs()])
        assert states[-1] == "done", (name, states, self.stage.ask(lambda: self.window.session.jobs()[-1].words))

    def pull(self, name: str, by: int, look: Callable[[], None] = lambda: None, *, head: bool = False) -> None:
        """Pull an edge of a shot by some frames, negative to the left."""
        clip = self.stage.ask(lambda: self.of(name))
        track = self.stage.ask(lambda: self.window.session.timeline.find(clip.id)[0])
        frame, inside = (clip.start, 4) if head else (clip.stop, -4)
        edge, away = self.stage.ask(lambda: (self.at(frame, inside, track), self.at(frame + by, inside, track)))
        self.hands.drag(edge, away, 14, look)
        self.stage.until(f"the trim of {name}", lambda: self.of(name).length == clip.length - abs(by), 10)

    def carry(self, start: QPoint, end: QPoint, name: str) -> None:
        """Drag from one place to another; what is said before it is let go goes into the report."""

        def look() -> None:
            self.hands.move(end + QPoint(2, 1))
            self.look(name, name)
            self.hands.move(end)

        self.hands.drag(start, end, 25, look)

    def look(self, key: str, name: str) -> None:
        """Note what is promised, and take a picture."""
        time.sleep(0.3)
        self.report.setdefault("said", {})[key] = self.stage.ask(self.said)
        self.shot(name)

    def fit(self) -> None:
        """See the whole timeline."""
        self.click(self.stage.ask(lambda: f"{self.window.timeline.commands['fit'].objectName()}_button"))
        time.sleep(0.3)

    def forming(self) -> bool:
        """Whether a picture has formed in the monitor for two steps, or has come to its end."""
        session = self.window.session
        seen = session.previews(session.jobs()[-1].media_id) if session.jobs() else ()
        return self.idle() or (len(seen) > 1 and self.window.monitor.view.pill is not None)

    def of(self, name: str) -> Clip:
        """The clip of a shot as it stands now."""
        return self.window.session.timeline.find(self.shots[name])[1]

    def middle(self, clip: Clip) -> QPoint:
        """The screen place of the middle of a clip."""
        return self.at(clip.start + clip.length / 2, 0, self.window.session.timeline.find(clip.id)[0])

    def gap_button(self, name: str) -> QPoint:
        """A button over the gap under the pointer."""
        gap, view = self.window.timeline.scene.gap, self.window.timeline.view
        box = dict(gap.buttons())[name]
        return view.viewport().mapToGlobal(view.mapFromScene(gap.pos() + box.center()))

    def told(self, name: str) -> dict[str, object]:
        """Where a shot stands, and its file."""
        session, clip = self.window.session, self.of(name)
        return {
            "track": session.timeline.find(clip.id)[0],
            "start": clip.start,
            "stop": clip.stop,
            "file": str(session.media_path(clip.media)),
        }


if __name__ == "__main__":
    sys.exit(perform(Path(sys.argv[1]), FilmMaker))
