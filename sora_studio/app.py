"""Composition root: a verb goes to the command line; otherwise settings, queue and session become a window."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sora_studio import cli
from sora_studio.cli.display import has_display
from sora_studio.core.errors import InUse, StudioError, Unanswered

if TYPE_CHECKING:
    from sora_studio.session.session import Session
    from sora_studio.session.views import Notice

PATIENCE = 4.0
"""Seconds that the drive of a project has for its answer before the window opens without it."""
NO_DISPLAY = (
    "sora-studio: There is no display here, so the window cannot open. Use the verbs instead, for example: "
    "sora-studio generate “a red balloon rises over green hills” -o out.mp4 (sora-studio --help lists them).\n"
)


def main(argv: Sequence[str] | None = None) -> int:
    """The program: without arguments or with a project's folder it opens the studio, with a verb it does that."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not cli.open_in_studio(words):
        return cli.main(words)
    if not has_display():
        sys.stderr.write(NO_DISPLAY)
        return cli.BAD_INPUT
    folder = Path(words[0]) if words else None
    there = folder is None or _is_there(folder)
    if there is False:
        sys.stderr.write(f"sora-studio: “{words[0]}” is neither a verb nor a project. See sora-studio --help.\n")
        return cli.BAD_INPUT
    try:
        return open_studio(folder, later=there is None)
    except StudioError as exc:
        sys.stderr.write(f"sora-studio: {exc}\n")
        return cli.FAILED


def _is_there(folder: Path) -> bool | None:
    """Whether a folder exists; None when its drive does not answer."""
    from sora_studio.session.patience import Hand

    hand = Hand("project drive")
    try:
        return hand.do(folder.exists, PATIENCE)
    except Unanswered:
        return None
    finally:
        hand.close(0)


def open_studio(folder: Path | None, *, later: bool = False) -> int:
    """Open the window, with the project of a folder, or `later` from within the window, which then waits for its drive;
    returns when it is closed."""
    from sora_studio.core.memory import share_pools
    from sora_studio.session.presence import Presence
    from sora_studio.session.session import Session
    from sora_studio.session.views import Notice
    from sora_studio.session.workers import open_assistant, open_queue, open_store
    from sora_studio.settings.file import load_settings
    from sora_studio.settings.logs import Logs

    share_pools()
    loaded = load_settings()
    _speak(loaded.settings.interface.language)
    if loaded.settings.interface.scale != 1:
        # Qt reads it when the application is made; a value from outside wins.
        os.environ.setdefault("QT_SCALE_FACTOR", f"{loaded.settings.interface.scale:g}")
    logs, presence = Logs(), Presence()
    logs.begin()
    left = presence.begin()
    waiting, trouble = open_store()
    queue = open_queue(loaded.settings.general.preview_share, waiting)
    assistant = open_assistant()

    def make_session(post: Callable[[Callable[[], None]], None]) -> Session:
        notices = [Notice("info", text) for text in loaded.notices]
        notices += [Notice("error", trouble)] if trouble else []
        try:
            session = Session(queue, None if later else folder, post, loaded.settings, assistant)
        except InUse as exc:
            session = Session(queue, None, post, loaded.settings, assistant)
            notices.append(Notice("error", str(exc), exc.folder))
        notices += _reminders(session)
        presence.at(session.home)
        session.changed.connect(lambda: presence.at(session.home))
        for notice in notices:
            post(partial(session.noticed.emit, notice))
        return session

    try:
        application = import_module("sora_studio.ui.application")
        greeting = application.Greeting(newcomer=folder is None, left=left)
        code = int(application.run(make_session, folder if later else None, shown=queue.warm, greeting=greeting))
    except StudioError:  # it did not open, and said why
        presence.end()
        raise
    else:
        presence.end()
        return code
    finally:
        assistant.close()
        queue.close()
        if waiting is not None:
            waiting.close()
        logs.end()


def _reminders(session: Session) -> list[Notice]:
    """What is kept, or waits, of projects that are not open."""
    from sora_studio.core.language import tr
    from sora_studio.session.unsaved import left_aside
    from sora_studio.session.views import Notice

    aside = [
        Notice("error", tr("Changes to “{name}” could not be saved. They are kept.", name=left.name), left=left)
        for left in left_aside()
        if left != session.home
    ]
    return aside + [Notice("info", text) for text in session.waiting_elsewhere()]


def _speak(wished: str) -> None:
    """Choose the language before anything is shown and the worker starts; the environment's choice wins."""
    from sora_studio.core import language

    if language.VARIABLE not in os.environ:
        hints = import_module("sora_studio.ui.shell.system_hints")
        language.use(hints.system_language() if wished == "system" else wished)
