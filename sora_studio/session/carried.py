"""What a drag carries, and what is known of it before it is let go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, assert_never

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.library import kind_of
from sora_studio.core.media_item import Lost, MediaItem, Pending
from sora_studio.core.recipe import generated_from
from sora_studio.session import store
from sora_studio.session.adapting import ENDINGS, refusal
from sora_studio.session.intake import SOUNDS, look_into
from sora_studio.session.media_pool import MediaPool

IMAGES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".ppm"))
VIDEOS = frozenset((".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif", ".mxf", ".mpg", ".mpeg", ".ts", ".mts"))
LOOK = ".json"

Kind = Literal["image", "video", "sound", "project", "folder", "look", "lora", "unknown"]


@dataclass(frozen=True, slots=True)
class Files:
    """Files of the system."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Media:
    """Media of the library, by identity."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clips:
    """Clips of the timeline, by identity."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Still:
    """The picture of a medium at a moment, in seconds, as the monitor shows it."""

    media: str
    seconds: float


@dataclass(frozen=True, slots=True)
class LookCard:
    """A look, by name, with the title that is read."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Words:
    """Text from a field or another program; `link`: it is a web address."""

    text: str
    link: bool = False


Payload = Files | Media | Clips | Still | LookCard | Words


@dataclass(frozen=True, slots=True)
class Thing:
    """One of the things carried. `lost` is a sentence why it cannot be used now; `recipe`: it says what it was made
    from; `sound`: it can be heard; `known`: it is in the library; `clip`, `still`: where it comes from; `seconds`: how
    long it lasts, 0 for a picture and for what was not looked into."""

    kind: Kind
    name: str
    lost: str = ""
    recipe: bool = False
    sound: bool = False
    known: bool = False
    clip: bool = False
    still: bool = False
    seconds: float = 0.0


def things_of(payload: Payload, session: MediaPool) -> tuple[Thing, ...]:
    """Look at what is carried; looks at the disk, so it is done once a drag."""
    match payload:
        case Files(paths):
            return tuple(_file(path, peek=number == 0) for number, path in enumerate(paths))
        case Media(ids):
            return tuple(_medium(item, session) for item in _items(ids, session))
        case Clips(ids):
            shown = [session.timeline.find(clip)[1].media for clip in ids if session.timeline.has(clip)]
            return tuple(_medium(item, session, clip=True) for item in _items(shown, session))
        case Still(media):
            return tuple(
                Thing("image", tr("Frame of {name}", name=item.name), still=True) for item in _items((media,), session)
            )
        case LookCard() | Words():
            return ()
        case _:
            assert_never(payload)


def kind_of_file(path: Path) -> Kind:
    """What a file is by its name, what a folder is by what lies in it."""
    if path.is_dir():
        return "project" if store.has_project(path) else "folder"
    if path.name == store.FILE:
        return "project"
    suffix = path.suffix.lower()
    kinds: dict[Kind, frozenset[str]] = {
        "image": IMAGES,
        "video": VIDEOS,
        "sound": SOUNDS,
        "look": frozenset((LOOK,)),
        "lora": ENDINGS,
    }
    return next((kind for kind, suffixes in kinds.items() if suffix in suffixes), "unknown")


def _file(path: Path, *, peek: bool) -> Thing:
    """A file; the first of many is looked into, so that the answer can say more."""
    kind = kind_of_file(path)
    sound = kind in ("sound", "video")
    if kind == "lora":
        return Thing(kind, path.name, refusal(path) if peek else "")
    if not peek or kind not in ("image", "video", "sound"):
        return Thing(kind, path.name, sound=sound)
    try:
        found = look_into(path)
    except BadInput as exc:
        return Thing(kind, path.name, str(exc))
    info = found.info
    made = generated_from(found.recipe) is not None
    return Thing(info.kind, path.name, recipe=made, sound=info.audio, seconds=info.seconds)


def _medium(item: MediaItem, session: MediaPool, *, clip: bool = False) -> Thing:
    lost = ""
    if isinstance(item.state, Pending):
        lost = tr("“{name}” is still being made. Wait until it is done.", name=item.name)
    elif isinstance(item.state, Lost):
        lost = tr("“{name}” could not be made. Try it again in the queue.", name=item.name)
    elif session.media_path(item.id) is None:
        lost = tr("The file of “{name}” is missing. Locate it in the library first.", name=item.name)
    kind = kind_of(item)
    made = item.generated_from is not None
    seconds = 0.0 if kind == "image" else item.rate.seconds(item.frames)
    return Thing(kind, item.name, lost, recipe=made, sound=item.sound, known=True, clip=clip, seconds=seconds)


def _items(ids: Iterable[str], session: MediaPool) -> list[MediaItem]:
    media = session.project.media
    return [media[media_id] for media_id in ids if media_id in media]
