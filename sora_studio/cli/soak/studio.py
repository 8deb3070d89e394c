"""The studio that is killed: session, queue and worker as the window has them, with a player in place of an artist.

Run by the soak's driver; it says what it does before it does it, and of each state of the project before it is written,
and once it is.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta, tzinfo
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import psutil

from sora_studio.cli.soak.player import Player
from sora_studio.cli.soak.slope import Sample
from sora_studio.cli.soak.words import Life, digest_of, life_from, state_of
from sora_studio.core import memory
from sora_studio.core.errors import StudioError
from sora_studio.core.media_item import Pending
from sora_studio.core.project import Project
from sora_studio.session import store, versions
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.presence import Presence
from sora_studio.session.session import Session
from sora_studio.session.views import Notice
from sora_studio.session.workers import open_queue, open_store
from sora_studio.settings.file import load_settings

PATIENCE = 600.0
"""Seconds that finishing may take."""
ASKED = 0.2
"""How often it is asked, after a change, whether that is kept."""
KINDS = 400
"""Python types that a sample of memory counts."""


class Studio:
    """One life."""

    def __init__(self, life: Life) -> None:
        self._life, self._rng = life, Random(life.seed)
        self._voice, self._numbers = threading.Lock(), count(1)
        self._answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._tell_writes()
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
        self._tell_state()

    def play(self) -> None:
        """Do one thing after the other, for ever."""
        begun = 0
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
            if self._player.begun > begun:
                begun = self._player.begun
                self._weigh()
            self._loop.run_until(lambda: False, self._rng.choice((0.0, 0.02, 0.1, 0.3)))

    def finish(self) -> None:
        """Go on with all that was interrupted, save, and end as a window ends."""
        self._finish_one()
        for home in self._life.others:
            self._session.open(Path(home))
            self._finish_one()
        self._session.close()
        self._queue.close()
        if self._waiting is not None:
            self._waiting.close()
        self._say("end", "")

    def _finish_one(self) -> None:
        for media in self._player.unfinished():
            try:
                self._session.go_on(media)
            except StudioError as exc:
                self._say("refused", str(exc))
        self._loop.run_until(
            lambda: not any(isinstance(item.state, Pending) for item in self._session.project.media.values()), PATIENCE
        )
        self._session.save()
        self._tell_state()

    def _weigh(self) -> None:
        """Say what is held, at a moment like others: the project is new and empty, nothing is made, all that is free
        was given back."""
        self._loop.run_until(lambda: False, 0.5)
        gc.collect()
        memory.trim()
        process = psutil.Process()
        kinds = Counter(type(one).__qualname__ for one in gc.get_objects())
        files = process.num_fds() if hasattr(process, "num_fds") else process.num_handles()
        held = process.memory_full_info().uss
        sample = Sample(time.monotonic(), held, process.num_threads(), files, dict(kinds.most_common(KINDS)))
        self._say("memory", asdict(sample))

    def _noticed(self, notice: Notice) -> None:
        self._say("notice", notice.text)

    def _changed(self) -> None:
        self._tell_state()
        if self._life.finish:  # jobs that are taken up with a project show in it before they are written
            return
        if self._rng.random() < ASKED and self._session.keeps_changes:
            self._say("sure", [str(self._session.home), digest_of(self._session.project)])

    def _tell_state(self) -> None:
        state = state_of(self._session.project, str(self._session.home))
        self._say("state", [state.home, state.media])

    def _tell_writes(self) -> None:
        """Of every state of a project it is said that it will be written, and that it is."""
        save, write_unsaved = store.save, store.write_unsaved

        def saved(project: Project, folder: Path) -> str:
            return str(self._telling(partial(save, project, folder), project, folder))

        def written(path: Path, project: Project, folder: Path, notes: dict[str, object]) -> None:
            self._telling(partial(write_unsaved, path, project, folder, notes), project, folder)

        store.save, store.write_unsaved = saved, written

    def _telling(self, write: Callable[[], Any], project: Project, folder: Path) -> Any:
        number = next(self._numbers)
        self._say("writing", [str(folder), number, digest_of(project)])
        result = write()
        self._say("written", [str(folder), number])
        return result

    def _say(self, kind: str, value: object) -> None:
        with self._voice:
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


def _jump(by: float, after: float) -> None:
    """The clock on the wall, also for the times of files, says another time from a moment on."""
    now, replace, begin = time.time, os.replace, time.monotonic() + after

    def off() -> float:
        return by if time.monotonic() > begin else 0.0

    def dated(source: str, target: str) -> None:
        replace(source, target)
        if off():
            os.utime(target, (now() + by, now() + by))

    class Clock(datetime):
        """What modules take for the time of day."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=off())

    time.time, os.replace = lambda: now() + off(), dated  # type: ignore[assignment]
    versions.datetime = store.datetime = Clock  # type: ignore[attr-defined]


def main() -> None:
    """Live as the line says that comes once everything is loaded: another studio lives until then."""
    memory.share_pools()
    line = sys.stdin.readline()
    if not line:
        return
    life = life_from(line)
    rng = Random(life.seed)
    if life.delay:
        _slow_down(rng, life.delay)
    if life.jump:
        _jump(life.jump, rng.uniform(0, 2))
    studio = Studio(life)
    if life.finish:
        studio.finish()
    else:
        studio.play()


if __name__ == "__main__":
    main()
