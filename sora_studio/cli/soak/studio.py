"""The studio that is killed: session, queue and worker as the window has them, with a player in place of an artist.

Run by the soak's driver; it says what it does before it does it, and the project's state whenever it has changed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from random import Random

from sora_studio.cli.soak.player import Player
from sora_studio.cli.soak.words import Life, life_from, state_of
from sora_studio.core.errors import StudioError
from sora_studio.core.media_item import Pending
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.presence import Presence
from sora_studio.session.session import Session
from sora_studio.session.views import Notice
from sora_studio.session.workers import open_queue, open_store
from sora_studio.settings.file import load_settings

PATIENCE = 600.0
"""Seconds that finishing may take."""


class Studio:
    """One life."""

    def __init__(self, life: Life) -> None:
        self._life, self._rng = life, Random(life.seed)
        self._answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._loop = OwnerLoop()
        settings = load_settings().settings
        presence = Presence()
        presence.begin()
        self._waiting, trouble = open_store()
        if trouble:
            self._say("notice", trouble)
        self._queue = open_queue(settings.general.preview_share, self._waiting)
        self._session = Session(self._queue, Path(life.project), self._loop.post, settings)
        presence.at(self._session.home)
        self._session.noticed.connect(self._noticed)
        self._session.changed.connect(self._changed)
        self._player = Player(self._session, self._rng, Path(life.project).parent)
        self._say("pid", os.getpid())
        self._changed()

    def play(self) -> None:
        """Do one thing after the other, for ever."""
        while True:
            verbs = self._player.verbs()
            verb = self._rng.choices(verbs, [one.weight for one in verbs])[0]
            self._say("do", verb.name)
            if verb.going:
                self._say("going", verb.going)
            try:
                verb.act()
            except StudioError as exc:
                self._say("refused", str(exc))
            self._say("did", verb.name)
            self._loop.run_until(lambda: False, self._rng.choice((0.0, 0.02, 0.1, 0.3)))

    def finish(self) -> None:
        """Go on with all that was interrupted, save, and end as a window ends."""
        for media in self._player.unfinished():
            try:
                self._session.go_on(media)
            except StudioError as exc:
                self._say("refused", str(exc))
        self._loop.run_until(
            lambda: not any(isinstance(item.state, Pending) for item in self._session.project.media.values()), PATIENCE
        )
        self._session.save()
        self._changed()
        self._session.close()
        self._queue.close()
        if self._waiting is not None:
            self._waiting.close()
        self._say("end", "")

    def _noticed(self, notice: Notice) -> None:
        self._say("notice", notice.text)

    def _changed(self) -> None:
        home = str(self._session.home)
        self._say("state", asdict(state_of(self._session.project, home, kept=self._session.keeps_changes)))

    def _say(self, kind: str, value: object) -> None:
        print(json.dumps([kind, value]), file=self._answers, flush=True)


def _slow_down(rng: Random, most: float) -> None:
    """Flushing to the disk, and bringing a file to its place, take their time."""
    flush, replace = os.fsync, os.replace

    def slow_flush(descriptor: int) -> None:
        time.sleep(rng.uniform(0, most))
        flush(descriptor)

    def slow_replace(source: str, target: str) -> None:
        time.sleep(rng.uniform(0, most))
        replace(source, target)

    os.fsync, os.replace = slow_flush, slow_replace  # type: ignore[assignment]


def _jump(by: float) -> None:
    """The clock on the wall says another time than the one that passes."""
    now = time.time
    time.time = lambda: now() + by


def main() -> None:
    """Live as the argument says."""
    life = life_from(sys.argv[1])
    if life.delay:
        _slow_down(Random(life.seed), life.delay)
    if life.jump:
        _jump(life.jump)
    studio = Studio(life)
    if life.finish:
        studio.finish()
    else:
        studio.play()


if __name__ == "__main__":
    main()
