"""What engines there are and what they can do, as data: the built-in model, and the open models of a folder. Needs no
torch, so that the window can ask at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.forecast import Networks
from sora_studio.core.language import language, mark
from sora_studio.core.resources import resource
from sora_studio.core.time import Rate, Size
from sora_studio.engines.families.files import find_file, is_second
from sora_studio.engines.families.known import Found, find
from sora_studio.engines.upscalers import upscaler_called
from sora_studio.settings.file import load_settings
from sora_studio.settings.folders import model_folders
from sora_studio.weights.headers import read_header
from sora_studio.weights.layout import DATA, INDEX
from sora_studio.weights.places import diffusers_folders, folders_in, hub_cache, hub_folders, single_files
from sora_studio.weights.recognise import SINGLE, recognise

BUILT_IN = "sora"
MODEL_VARIABLE = "SORA_STUDIO_MODEL"
"""Environment variable: a folder in the layout of diffusers to use in place of the weights that ship."""


def model_folder() -> Path:
    """Where the built-in model's weights lie. Raises StudioError when they are missing."""
    chosen = os.environ.get(MODEL_VARIABLE)
    if not chosen:
        return resource("model")
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise StudioError(
            "{variable} names {folder}, which is no folder. Correct it or remove the variable.",
            variable=MODEL_VARIABLE,
            folder=folder,
        )
    return folder


def catalog() -> tuple[Capabilities, ...]:
    """All engines, the built-in one first."""
    return survey()[0]


@dataclass(frozen=True, slots=True)
class Unfit:
    """A folder among the open models that does not run, and why, in a sentence."""

    name: str
    reason: str


def unfit() -> tuple[Unfit, ...]:
    """The folders among the open models that do not run."""
    return survey()[1]


def survey() -> tuple[tuple[Capabilities, ...], tuple[Unfit, ...]]:
    """`catalog` and `unfit` by one look at the folders."""
    models = tuple(_library())
    runs = (model.capabilities for model in models if isinstance(model, Found))
    return (_sora(), *runs), tuple(model for model in models if isinstance(model, Unfit))


def capabilities(name: str) -> Capabilities:
    """What an engine can do: one by name, also one that only enlarges, or the model in a folder. Raises BadInput
    listing the names for anything else, or saying why a folder does not run."""
    if name == BUILT_IN:
        return _sora()
    return upscaler_called(name) or found(name).capabilities


def found(name: str) -> Found:
    """The open model of a name in the library, or in the folder or file of that path. Raises BadInput as `capabilities`
    does."""
    for folder, engine in (*_folders(library_folder()), *_elsewhere()):
        if engine == name:
            return find(folder, engine)
    for file, engine in _files():
        if engine == name:
            return find_file(file, engine, _all_folders())
    place = Path(name).expanduser()
    if place.is_dir():
        return find(place, str(place.resolve()))
    if place.is_file() and place.suffix.lower() in DATA:
        return find_file(place, str(place.resolve()), _all_folders())
    raise BadInput(
        "There is no engine called “{name}”. There are: {known}. A model's folder will do, too.",
        name=name,
        known=", ".join(caps.engine for caps in catalog()),
    )


def networks(name: str) -> Networks | None:
    """What a run of an engine is forecast from; None for those that ship, which run everywhere. Raises BadInput as
    `found` does, and when a file of weights is damaged."""
    if name == BUILT_IN or upscaler_called(name) is not None:
        return None
    return found(name).networks()


def library_folder() -> Path:
    """Where open models lie; may not exist."""
    return _roots()[0]


def _roots() -> tuple[Path, ...]:
    chosen = load_settings().settings.models
    return model_folders(chosen.library, chosen.more)


def _library() -> Iterator[Found | Unfit]:
    """What lies in the folder of open models, by name, and what runs of that which lies elsewhere."""
    here: set[str] = set()
    for folder, engine in _folders(library_folder()):
        here.add(engine)
        yield _look(folder, engine, _stamp(folder), language())
    for folder, engine in _elsewhere():
        if engine not in here:
            here.add(engine)
            model = _look(folder, engine, _stamp(folder), language())
            if isinstance(model, Found):  # other programs keep models there that are none of the studio's
                yield model
    folders = tuple(_all_folders())
    stamps = tuple(stamp for folder in folders for stamp in _stamp(folder))
    for file, engine in _files():
        if engine not in here and not is_second(file):
            here.add(engine)
            stamp = (file.stat().st_mtime_ns, file.stat().st_size, *stamps)
            if (single := _look_into(file, engine, folders, stamp, language())) is not None:
                yield single


def _all_folders() -> Iterator[Path]:
    """Every folder that should hold a model: single files take their other parts from those."""
    for folder, _ in (*_folders(library_folder()), *_elsewhere()):
        yield folder


def _files() -> Iterator[tuple[Path, str]]:
    """The single files that may hold a transformer, in all folders of models, and their names."""
    for root in _roots():
        for file in single_files(root):
            yield file, file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def _elsewhere() -> Iterator[tuple[Path, str]]:
    """The folders in further folders of models and in the hub's cache that hold a model, and their names."""
    for root in _roots()[1:]:
        yield from diffusers_folders(root)
    yield from hub_folders(hub_cache())


def _folders(library: Path) -> Iterator[tuple[Path, str]]:
    """The folders that should each hold a model, and their names: those of the library, or, as the hub writes them,
    of an author's folder in it."""
    for folder in folders_in(library):
        nested = [] if (folder / INDEX).is_file() else [one for one in folders_in(folder) if (one / INDEX).is_file()]
        for one in nested or [folder]:
            yield one, one.relative_to(library).as_posix()


@lru_cache(maxsize=256)
def _look(folder: Path, engine: str, stamp: tuple[int, ...], spoken: str) -> Found | Unfit:
    """What a folder holds, read again when it has changed."""
    del stamp, spoken
    try:
        return find(folder, engine)
    except BadInput as exc:
        return Unfit(engine, str(exc))


@lru_cache(maxsize=1024)
def _look_into(
    file: Path, engine: str, folders: tuple[Path, ...], stamp: tuple[int, ...], spoken: str
) -> Found | Unfit | None:
    """What a single file runs as, read again when it or the folders have changed; None for what is no transformer of a
    family that is read so."""
    del stamp, spoken
    try:
        known = recognise(read_header(file))
    except BadInput:
        return None  # the list of files says so
    if known.role != "transformer" or known.family not in SINGLE:
        return None
    try:
        return find_file(file, engine, folders)
    except BadInput as exc:
        return Unfit(engine, str(exc))


def _stamp(folder: Path) -> tuple[int, ...]:
    """Times at which a folder and the folders of its parts were changed."""
    places = [folder, folder / INDEX, *folders_in(folder)]
    return tuple(place.stat().st_mtime_ns for place in places if place.exists())


def _sora() -> Capabilities:
    disk = _disk_bytes()
    return Capabilities(
        engine=BUILT_IN,
        title=mark("Built-in sketch model"),
        description=mark("A small Sora that sketches two seconds at a time on any machine, without a download."),
        frame_step=4,  # the VAE's groups of four frames
        size_step=16,  # 8 pixels to a latent pixel, 2 latent pixels to a token
        window=17,
        overlap=5,  # the first frame and one group
        rate=Rate(8),
        places="any",
        partial=True,
        wrap=False,
        sizes=(Size(192, 112), Size(144, 144), Size(112, 192)),
        max_pixels=24_576,
        steps=24,
        guidance=5.0,
        prompt_tokens=77,
        negative=True,
        loras=True,
        resumable=True,
        records=True,
        emphasis=True,
        draft_steps=4,
        disk_bytes=disk,
        memory_bytes=500_000_000 + 2 * disk,  # Python with torch and diffusers, weights, and what a window needs
    )


def _disk_bytes() -> int:
    """Bytes of the model's files; 0 when there are none."""
    try:
        folder = model_folder()
    except StudioError:
        return 0
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
