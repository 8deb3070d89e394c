"""Where a command writes: looked at before anything long begins, so that nobody waits for a file that cannot be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.time import Size
from sora_studio.media.images import contact_sheet, save_png
from sora_studio.media.presets import PRESETS, find_preset
from sora_studio.media.probe import probe
from sora_studio.media.reasons import check_writable, unwritable
from sora_studio.media.thumbnails import thumbnails

SHEET_FRAMES, SHEET_COLUMNS = 12, 4


def check_output(path: Path, inputs: Iterable[Path] = (), preset: str | None = None) -> str:
    """The name of the format that the suffix of `path` asks for. Raises BadInput for a suffix that is none and for a
    file that would overwrite its own source, OutputError when nothing can be written there."""
    if preset is not None:
        name = preset
        suffix = find_preset(preset).suffix
        if path.suffix.lower() != suffix:
            raise BadInput(
                f"The format “{preset}” is written into {suffix or 'a folder, without a suffix'}. Rename it."
            )
    else:
        suffixes = {known.suffix: key for key, known in reversed(PRESETS.items()) if known.suffix}
        name = suffixes.get(path.suffix.lower(), "")
        if not name:
            known = ", ".join(sorted(suffixes))
            raise BadInput(f"“{path.name}” does not end like a video. Choose a name that ends with one of: {known}.")
    _check_place(path, folder=PRESETS[name].kind == "pictures")
    for source in inputs:
        if path.exists() and source.exists() and path.samefile(source):
            raise BadInput(f"“{path.name}” would overwrite its own source. Choose another name.")
    return name


def check_picture(path: Path | None) -> None:
    """The same for a contact sheet."""
    if path is not None:
        if path.suffix.lower() != ".png":
            raise BadInput(f"The sheet “{path.name}” is a PNG picture. Choose a name that ends with .png.")
        _check_place(path)


def make_folder(folder: Path | None) -> None:
    """Make the folder of previews; raises OutputError."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise unwritable(folder / "step-0001.png", exc) from exc
    _check_place(folder / "step-0001.png")


def write_sheet(film: Path, sheet: Path) -> None:
    """A contact sheet of a film's frames, evenly spread."""
    info = probe(film)
    scale = min(1.0, 384 / max(info.size.width, info.size.height))
    cell = Size(max(1, round(info.size.width * scale)), max(1, round(info.size.height * scale)))
    frames = thumbnails(film, min(SHEET_FRAMES, info.frames), cell)
    save_png(sheet, contact_sheet(frames, SHEET_COLUMNS))


def _check_place(path: Path, *, folder: bool = False) -> None:
    check_writable(path, folder=folder)
    try:
        # Permission bits say little (root, network drives, full quotas): only writing shows.
        with tempfile.TemporaryFile(dir=path.parent) as probe_file:
            probe_file.write(b"\0")
    except OSError as exc:
        raise unwritable(path, exc) from exc
