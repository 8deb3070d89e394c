"""The artist's looks beside the shipped ones: one JSON file each in a folder that can be opened, copied and shared."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from functools import cache
from pathlib import Path

from psygnal import Signal

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.language import tr
from sora_studio.core.looks import Look, find_look, load_look, name_for, shipped_looks, to_text
from sora_studio.core.request import Lora
from sora_studio.core.whole import write_whole
from sora_studio.settings.folders import looks_folder


class LookBook:
    """Shipped looks first, then one's own by title. `changed` tells when there are others."""

    changed = Signal()

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._kept: dict[Path, tuple[int, Look | str]] = {}

    @property
    def folder(self) -> Path:
        """Where one's own looks lie; may not exist yet."""
        return self._folder or looks_folder()

    def looks(self) -> tuple[Look, ...]:
        """All looks. Files that are none are left out; `problems` says why."""
        own = [look for look in self._read() if isinstance(look, Look)]
        shipped = shipped_looks()
        names = {look.name for look in shipped}
        mine = {look.name: look for look in own if look.name not in names}
        return (*shipped, *sorted(mine.values(), key=lambda look: look.title.casefold()))

    def problems(self) -> tuple[str, ...]:
        """Sentences about files in the folder that cannot be used."""
        return tuple(look for look in self._read() if isinstance(look, str))

    def find(self, name: str) -> Look:
        """The look of that name or title; raises BadInput that lists the names."""
        return find_look(name, self.looks())

    def is_own(self, name: str) -> bool:
        """Whether a look may be changed and deleted."""
        return all(look.name != name for look in shipped_looks())

    def keep(self, look: Look) -> Look:
        """Write a look of one's own, in the place of the one with its name; raises OutputError, BadInput."""
        if not self.is_own(look.name):
            raise BadInput(
                "“{title}” is shipped with the studio. Duplicate it and change the copy.", title=tr(look.title)
            )
        write(look, self._path(look.name))
        self.changed.emit()
        return look

    def add(self, look: Look) -> Look:
        """Write a new look; it gets another name where there is one of that name already."""
        return self.keep(replace(look, name=name_for(look.name, (known.name for known in self.looks()))))

    def duplicate(self, name: str) -> Look:
        """A copy of a look, to be changed. A shipped look's picture is left to be made anew."""
        look = self.find(name)
        title = tr("{title} (copy)", title=tr(look.title)[:50])
        return self.add(replace(look, name=name_for(title), title=title, thumbnail=""))

    def remove(self, name: str) -> Look:
        """Delete a look of one's own; returns it, so that it can be kept again."""
        look = self.find(name)
        if not self.is_own(look.name):
            raise BadInput("“{title}” is shipped with the studio and stays.", title=tr(look.title))
        try:
            self._path(look.name).unlink(missing_ok=True)
        except OSError as exc:
            raise OutputError(
                "The look “{title}” cannot be deleted ({why}).", title=tr(look.title), why=exc.strerror
            ) from exc
        self.changed.emit()
        return look

    def take(self, path: Path) -> Look:
        """Take a look file in; one that is here already is not taken twice. LoRA files beside it are found. Raises
        BadInput, OutputError."""
        look = load_look(path)
        look = replace(look, thumbnail="", loras=tuple(_beside(lora, path.parent) for lora in look.loras))
        for known in self.looks():
            if replace(known, name=look.name, thumbnail="") == look:
                return known
        return self.add(look)

    def give(self, name: str, path: Path) -> Path:
        """Write a look to a file of its own, to be sent to others; raises OutputError."""
        write(self.find(name), path)
        return path

    def _path(self, name: str) -> Path:
        """The file of a look; a file that was put into the folder by hand keeps its name."""
        named = (path for path, (_, look) in self._kept.items() if isinstance(look, Look) and look.name == name)
        return next(named, self.folder / f"{name}.json")

    def _read(self) -> list[Look | str]:
        """The files of the folder as looks, or as sentences why not; a file that has not changed is not read again."""
        found: dict[Path, tuple[int, Look | str]] = {}
        with contextlib.suppress(OSError):
            for path in sorted(self.folder.glob("*.json")):
                stamp = path.stat().st_mtime_ns
                known = self._kept.get(path)
                found[path] = known if known is not None and known[0] == stamp else (stamp, _loaded(path))
        self._kept = found
        return [entry for _, entry in found.values()]


@cache
def shared_book() -> LookBook:
    """One book for those who only read: a look's file is read again when it has changed, not at every letter typed."""
    return LookBook()


def write(look: Look, path: Path) -> None:
    """Write a look file, whole or not at all; raises OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, to_text(look).encode())
    except OSError as exc:
        raise OutputError(
            "The look cannot be written to “{path}” ({why}). Choose another place.", path=path, why=exc.strerror
        ) from exc


def _loaded(path: Path) -> Look | str:
    try:
        return load_look(path)
    except BadInput as exc:
        return str(exc)


def _beside(lora: Lora, folder: Path) -> Lora:
    """A LoRA named in a file that came from elsewhere, where it lies beside that file."""
    near = folder / Path(lora.path.replace("\\", "/")).name
    return replace(lora, path=str(near)) if not os.path.isfile(lora.path) and os.path.isfile(near) else lora
