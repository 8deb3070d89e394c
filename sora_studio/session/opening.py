"""What lies in a project's folder, read in whatever state a crash, another machine or a bad disk left it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.errors import Damaged, ProjectError
from sora_studio.core.language import tr
from sora_studio.core.project import Project
from sora_studio.session import store, unsaved, versions
from sora_studio.session.unsaved import Unsaved


@dataclass(frozen=True, slots=True)
class Opened:
    """The project as it is shown, and as it is saved; `follows` is the digest of that, `step` counts the changes that
    were kept since, `notes` are sentences about what was found."""

    project: Project
    saved: Project
    follows: str
    step: int
    notes: tuple[str, ...]


def read(folder: Path) -> Opened:
    """Read a folder, and change nothing in it; raises ProjectError."""
    follows = store.digest_of(folder)
    changes = unsaved.found(folder, follows)
    newest = next((one for one in changes if one.follows in (None, follows)), None)
    notes: list[str] = []
    try:
        saved = store.load(folder)
    except ProjectError as exc:
        newest = newest or (changes[0] if changes else None)
        if newest is not None:
            saved = Project()
        elif isinstance(exc, Damaged):
            saved, note = _earlier(folder, exc)
            notes.append(note)
        else:
            raise
    if newest is None:
        return Opened(saved, saved if not notes else Project(), follows, 0, tuple(notes))
    if newest.project != saved:
        notes.append(tr("Changes that were not saved last time are back. Save to keep them."))
    return Opened(newest.project, saved, follows, newest.step, tuple(notes))


def set_aside(folder: Path, opened: Opened) -> tuple[str, ...]:
    """Changes that do not follow what is saved become earlier versions of it. Returns sentences about those that seem
    newer: somebody else saved meanwhile."""
    notes = []
    for one in unsaved.found(folder, opened.follows):
        if one.follows in (None, opened.follows):
            continue
        if one.project not in (opened.saved, opened.project):
            newer = _is_newer(one, folder)
            if not versions.put_by(folder, one.path, saved=False):
                continue  # there is no room now
            if newer:
                notes.append(
                    tr(
                        "Somebody saved “{name}” since your last changes, which were not saved. They are among its "
                        "earlier versions.",
                        name=folder.name,
                    )
                )
        if one.path.parent == folder:
            store.drop_recovery(folder)
        else:
            unsaved.drop_aside(one.path)
    return tuple(notes)


def _earlier(folder: Path, damaged: Damaged) -> tuple[Project, str]:
    """The newest earlier version that can be read."""
    for version in versions.versions(folder):
        try:
            project = store.load_version(version.path, folder)
        except ProjectError:
            continue
        return project, tr(
            "The file of “{name}” is damaged. Its version of {time} is open instead. Save to keep it.",
            name=folder.name,
            time=version.at.astimezone().strftime("%Y-%m-%d %H:%M"),
        )
    raise damaged


def _is_newer(one: Unsaved, folder: Path) -> bool:
    try:
        return one.path.stat().st_mtime > (folder / store.FILE).stat().st_mtime
    except OSError:
        return False
