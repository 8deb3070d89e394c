"""What an artist in a hurry does: one verb after the other, at random, on whatever there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random

from sora_studio.core.media_item import Lost, Ready
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Marker
from sora_studio.media.export import ExportSettings
from sora_studio.session.draft import Draft
from sora_studio.session.session import Session

WORDS = ("a red balloon", "a slow boat at sea", "a green house", "snow falls on a hill", "風箏")
MOST_JOBS, MOST_MEDIA, MOST_CLIPS = 3, 12, 40
"""Beyond these nothing more is begun; a new project is."""
LONGEST_EXPORT = 8
"""Frames."""


@dataclass(frozen=True)
class Verb:
    """One thing to do, how often beside the others, and the medium that is given up by it."""

    name: str
    act: Callable[[], object]
    weight: int = 1
    going: str = ""


class Player:
    """Knows the session and what may be done now. Everything is drawn from one random generator."""

    def __init__(self, session: Session, rng: Random, room: Path) -> None:
        """`room` is a folder for exports and further projects."""
        self._session, self._rng, self._room = session, rng, room
        self.begun = 0
        """New projects that were begun."""

    def verbs(self) -> list[Verb]:
        """What can be done now."""
        session, active = self._session, [row for row in self._session.jobs() if row.active]
        found = [
            Verb("save", session.save, 3),
            Verb("undo", session.undo, 2),
            Verb("redo", session.redo, 2),
            Verb("marker", self._marker, 2),
        ]
        if len(active) < MOST_JOBS and len(session.project.media) < MOST_MEDIA:
            found += [Verb("generate", self._generate, 5), *self._of_clips()]
        if active:
            job, media = active[0].id, active[0].media_id
            found += [Verb("cancel", lambda: session.cancel(job), going=media), Verb("stop", lambda: session.stop(job))]
            found.append(Verb("enough", lambda: session.enough(job)))
        interrupted = [row for row in session.jobs() if row.goes_on or row.state == "failed"]
        if interrupted:
            found.append(Verb("go on", lambda: session.retry(interrupted[0].id), 9))
        if self._clips():
            found += self._edits()
        if len(session.project.media) >= MOST_MEDIA and not active:
            found.append(Verb("new", self._new, 6 if interrupted else 60))
        return found

    def _of_clips(self) -> list[Verb]:
        """What makes clips of clips."""
        session, ready = self._session, self._ready()
        if not ready:
            return []
        clip, draft = self._rng.choice(ready), self._draft()
        found = [
            Verb("extend", lambda: session.extend(clip.id, 1.0, draft, before=self._rng.random() < 0.3), 5),
            Verb("vary", lambda: session.vary(clip.id), 4),
            Verb("restyle", lambda: session.restyle(clip.id, replace(draft, look="watercolour")), 3),
            Verb("loop", lambda: session.loop(clip.id, 1.0, draft), 2),
            Verb("retake", lambda: session.retake(draft, clip.id, FrameRange(clip.start + 2, clip.start + 8)), 3),
        ]
        if len(ready) > 1:
            found.append(Verb("bridge", lambda: session.bridge(ready[0].id, ready[1].id, 1.0, draft), 5))
        return found

    def _edits(self) -> list[Verb]:
        session, rng, clip = self._session, self._rng, self._rng.choice(self._clips())
        media = rng.choice(sorted(session.project.media))
        return [
            Verb("split", lambda: self._split(clip)),
            Verb("trim", lambda: session.trim_tail(clip.id, -rng.randrange(1, 5)), 2),
            Verb("ripple", lambda: session.ripple_trim(clip.id, "head", rng.randrange(1, 4))),
            Verb("nudge", lambda: session.nudge([clip.id], rng.randrange(-10, 30))),
            Verb("speed", lambda: session.set_speed(clip.id, Fraction(rng.randrange(1, 8), 4))),
            Verb("slip", lambda: session.slip(clip.id, rng.randrange(-3, 4))),
            Verb("delete", lambda: self._delete(clip)),
            Verb("star", lambda: session.star(media, on=rng.random() < 0.5)),
            Verb("rename", lambda: session.rename(media, f"剪輯 {rng.randrange(99)}")),
            Verb("export", self._export),
        ]

    def _generate(self) -> str:
        return self._session.generate(self._draft())

    def _draft(self) -> Draft:
        rng = self._rng
        return Draft(
            rng.choice(WORDS), seconds=rng.choice((1.0, 2.0)), steps=rng.randrange(2, 7), seed=rng.randrange(999)
        )

    def _split(self, clip: Clip) -> None:
        self._session.select(clip.id)
        self._session.split(clip.start + clip.length // 2)

    def _delete(self, clip: Clip) -> None:
        self._session.select(clip.id)
        self._session.delete(ripple=self._rng.random() < 0.5)

    def _marker(self) -> None:
        self._session.put_marker(Marker(self._rng.randrange(500), str(self._rng.random())))

    def _export(self) -> None:
        target = self._room / "exports" / f"{self._rng.randrange(10**9)}.mp4"
        target.parent.mkdir(exist_ok=True)
        start = self._clips()[0].start
        some = FrameRange(start, start + LONGEST_EXPORT)
        try:
            self._session.export(ExportSettings(target, range=some), lambda _done, _all: None, lambda: False)
        finally:
            target.unlink(missing_ok=True)

    def _new(self) -> None:
        self._session.save()
        self._session.new(self._room / f"film {self._rng.randrange(10**9)}")
        self.begun += 1

    def _clips(self) -> list[Clip]:
        clips = [clip for _, clip in self._session.timeline.clips()]
        return clips[:MOST_CLIPS]

    def _ready(self) -> list[Clip]:
        media = self._session.project.media
        return [clip for clip in self._clips() if isinstance(media[clip.media].state, Ready)]

    def unfinished(self) -> list[str]:
        """Media that wait for somebody to go on with them."""
        return [key for key, item in self._session.project.media.items() if isinstance(item.state, Lost)]
