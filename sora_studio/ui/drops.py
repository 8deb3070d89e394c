"""Files dropped on the window: a project folder is opened, media go to the timeline, the rest is told why not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.session.session import Notice, Session

PROJECT_FILE = "project.json"


def take_files(session: Session, files: Iterable[Path], track: int = 0, start: int | None = None) -> tuple[str, ...]:
    """Import files and place them one after the other, from `start` (the end of the track if left out).

    Returns the new clips' identities. Every file that cannot be taken gets a notice of its own.
    """
    placed: list[str] = []
    at = session.timeline.tracks[track].stop if start is None else start
    for path in files:
        try:
            if path.is_dir():
                if (path / PROJECT_FILE).exists():
                    session.open(path)
                    return ()
                session.noticed.emit(
                    Notice("error", tr("{name} holds no project. Drop the files in it.", name=path.name))
                )
                continue
            clip_id = session.place(session.import_media(path), track, at)
        except StudioError as exc:
            session.noticed.emit(Notice("error", str(exc)))
            continue
        placed.append(clip_id)
        at = session.timeline.find(clip_id)[1].stop
    if placed:
        session.select(*placed)
    return tuple(placed)
