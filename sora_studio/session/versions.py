"""Earlier versions of a project, in a folder beside it: what every save replaced, and what was not saved for long.

They become fewer with age: of the last hour one a minute stays, of the last day one an hour, of the last month one a
day, and one of every thirty days before. The newest few stay however old they seem: a clock may be wrong by years.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sora_studio.core.filenames import part_of

FOLDER = "versions"
_STAMP = "%Y%m%dT%H%M%S"
_UNSAVED = "-unsaved"
_SPANS = (
    (timedelta(hours=1), 60),
    (timedelta(days=1), 3600),
    (timedelta(days=31), 86_400),
)
"""Up to which age one version stays of how many seconds."""
_LONG_AGO = 30 * 86_400
FEW = 12
"""Of the newest ones, a minute apart, those that stay whatever the clock says."""


@dataclass(frozen=True, slots=True)
class Version:
    """A file with a whole project, as it was at a time; `saved` by the artist or kept by the studio."""

    path: Path
    at: datetime
    saved: bool = True


def versions(folder: Path) -> tuple[Version, ...]:
    """The earlier versions of the project in a folder, newest first."""
    found = (_version(path) for path in _files(folder / FOLDER))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.at, one.saved), reverse=True))


def put_by(folder: Path, file: Path, *, saved: bool = True) -> bool:
    """Keep a file of the project in a folder as a version of the time when it was written, and let go of versions that
    stand too close. Whether it is kept: a disk without room keeps none."""
    try:
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        (folder / FOLDER).mkdir(exist_ok=True)
        while (target := _place(folder, at, saved=saved)).exists():
            if target.read_bytes() == file.read_bytes():
                return True
            at += timedelta(seconds=1)
        _link(file, target)
    except OSError:
        return False
    with contextlib.suppress(OSError):
        for version in surplus(versions(folder), datetime.now(UTC)):
            version.path.unlink()
    return True


def _place(folder: Path, at: datetime, *, saved: bool) -> Path:
    return folder / FOLDER / f"{at.strftime(_STAMP)}{'' if saved else _UNSAVED}.json"


def surplus(known: Iterable[Version], now: datetime) -> tuple[Version, ...]:
    """Of many versions those that may go: in every span of time the last one stays that was saved, and the last one
    that was not, and of each the newest few."""
    ordered = sorted(known, key=lambda one: one.at)
    last = {(_span(one.at, now), one.saved): one for one in ordered}
    staying = set(last.values())
    for saved in (True, False):
        by_minute = {int(one.at.timestamp()) // 60: one for one in ordered if one.saved == saved}
        staying |= set(list(by_minute.values())[-FEW:])
    return tuple(one for one in ordered if one not in staying)


def _span(at: datetime, now: datetime) -> tuple[int, int]:
    seconds = next((seconds for age, seconds in _SPANS if now - at < age), _LONG_AGO)
    return seconds, int(at.timestamp()) // seconds


def _version(path: Path) -> Version | None:
    name = path.name.removesuffix(".json")
    try:
        at = datetime.strptime(name.removesuffix(_UNSAVED), _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Version(path, at, not name.endswith(_UNSAVED))


def _files(place: Path) -> list[Path]:
    try:
        return list(place.glob("*.json"))
    except OSError:
        return []


def _link(file: Path, target: Path) -> None:
    """The same file under another name, which takes no room; a copy where a disk knows no such thing."""
    try:
        os.link(file, target)
    except OSError:
        part = part_of(target)
        try:
            shutil.copy2(file, part)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
