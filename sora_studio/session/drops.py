"""What a drop on a place will do: the one policy, said in words while the pointer hovers.

`things_of` looks at what a drag carries, once; `offer` is pure and answers for every place it comes over. What is
accepted is done by the window (`ui/drag/doing.py`); what is refused says why and where it could go instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import assert_never

from sora_studio.core.inlays import runs_over
from sora_studio.core.language import mark, tr
from sora_studio.core.project import Project
from sora_studio.session.carried import Kind, LookCard, Payload, Thing, Words
from sora_studio.session.footprints import footprints
from sora_studio.session.places import (
    Anywhere,
    Board,
    Cut,
    Edge,
    Hole,
    Lane,
    LooksPage,
    MediaShelf,
    OnCard,
    OnClip,
    OnLook,
    OnTimeline,
    Place,
    PromptBox,
    Row,
    Screen,
    SearchBox,
    Slot,
)


class Act(Enum):
    """What is done on release."""

    ADD = auto()
    LAY = auto()
    PLACE = auto()
    INSERT = auto()
    WEAVE = auto()
    """Inserted, with a dissolve on either side."""
    LEAD = auto()
    """Inserted, with a generated passage on either side."""
    FILL = auto()
    FIRST = auto()
    LAST = auto()
    ENDS = auto()
    KEYFRAMES = auto()
    VIDEO = auto()
    RECIPE = auto()
    EXTEND = auto()
    REACH = auto()
    BRIDGE = auto()
    RESTYLE = auto()
    PROMPT = auto()
    OPEN = auto()
    TAKE_LOOK = auto()
    LOOK_OF_PICTURE = auto()
    LOOK_OF_LORA = auto()
    USE_LORA = auto()
    CHOOSE_LOOK = auto()
    CARD = auto()
    BEGIN = auto()
    SIMILAR = auto()
    NATIVE = auto()
    """The field under the pointer does it by itself."""


@dataclass(frozen=True, slots=True)
class Accept:
    """`text` says what will be done, `detail` what comes of it. `choices`: the artist chooses on release; the first of
    them is `act`."""

    act: Act
    text: str
    detail: str = ""
    choices: tuple[Accept, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """`text` says why nothing will be done, and what would be."""

    text: str


Offer = Accept | Refuse

ON_CUT = (
    Accept(Act.INSERT, mark("Insert here"), mark("Between the two clips; what follows moves along")),
    Accept(Act.WEAVE, mark("Dissolve"), mark("Insert it, and let the clips dissolve into it and out of it")),
    Accept(Act.LEAD, mark("Generate a bridge"), mark("Insert it, and generate the way to it and on from it")),
    Accept(Act.PLACE, mark("Overwrite"), mark("Lay it over what begins here; nothing else moves")),
)
"""What can be made of a picture or video on a cut, and of clips that are moved or copied there."""
CUT_WORDS = mark("Insert, dissolve or bridge here")
ON_OTHERS = (
    Accept(Act.INSERT, mark("Insert here"), mark("What lies here is split, and moves along with what follows")),
    Accept(Act.PLACE, mark("Overwrite"), mark("Lay it over what is here; nothing else moves")),
)
"""What can be made of media that come onto clips, and of clips that are moved or copied onto others."""
OTHERS_WORDS = mark("Insert or overwrite here")

_SEEN: frozenset[Kind] = frozenset(("image", "video"))
_MEDIA: frozenset[Kind] = frozenset(("image", "video", "sound"))


def offer(payload: Payload, things: tuple[Thing, ...], place: Place, project: Project) -> Offer:
    """What a drop on a place will do."""
    early = _everywhere(payload, things, place)
    if early is not None:
        return early
    match place:
        case PromptBox():
            return _prompt(payload, things)
        case Slot() | Lane() if isinstance(payload, Words | LookCard):
            return Refuse(tr("Only pictures and videos can stand here. Drop it on the prompt."))
        case Slot():
            return _slot(place, things)
        case Lane():
            return _lane(place, things)
        case Screen():
            return _screen(payload, things, place)
        case Row() | OnClip() | Cut() | Edge() | Hole():
            return _timeline(payload, things, place, project)
        case LooksPage() | OnLook():
            return _looks(payload, things, place)
        case MediaShelf() | SearchBox():
            return _library(payload, things, place)
        case Board() | OnCard():
            return _board(payload, things) if isinstance(place, Board) else _card(payload, things)
        case Anywhere():
            return _anywhere(payload, things)
        case _:
            assert_never(place)


def _everywhere(payload: Payload, things: tuple[Thing, ...], place: Place) -> Offer | None:
    """What is the same on every place: projects, looks, and what nobody can use."""
    kinds = {thing.kind for thing in things}
    if isinstance(payload, Words):
        if payload.link:
            return Refuse(tr("This is a web address. Save the picture or video first and drop the file."))
        return None
    if isinstance(payload, LookCard):
        return None
    if not things:
        return Refuse(tr("It is no longer in the project."))
    if "project" in kinds:
        return Accept(Act.OPEN, tr("Open this project"))
    if kinds == {"look"}:
        return Accept(Act.TAKE_LOOK, _counted("Add this look", "Add {count} looks", things))
    if kinds == {"lora"}:
        return _lora(things, place)
    usable = [thing for thing in things if thing.kind in _MEDIA or thing.kind == "folder"]
    if not usable:
        return Refuse(
            tr(
                "“{name}” is not a picture, video or sound. Drop a PNG, JPEG, WebP, MP4, MOV, WebM or WAV.",
                name=things[0].name,
            )
        )
    if all(thing.lost for thing in usable) and not (isinstance(place, MediaShelf) and usable[0].known):
        return Refuse(usable[0].lost)
    return None


def _lora(things: tuple[Thing, ...], place: Place) -> Offer:
    if things[0].lost:
        return Refuse(things[0].lost)
    if isinstance(place, LooksPage | OnLook):
        return Accept(Act.LOOK_OF_LORA, tr("Make a look of this LoRA"))
    return Accept(Act.USE_LORA, _counted("Use this LoRA", "Use {count} LoRAs", things))


def _anywhere(payload: Payload, things: tuple[Thing, ...]) -> Offer:
    match payload:
        case Words():
            return Accept(Act.PROMPT, tr("Use as the prompt"))
        case LookCard():
            return Accept(Act.CHOOSE_LOOK, tr("Use the look “{title}”", title=tr(payload.title)))
    if any(thing.kind == "folder" for thing in things):
        return Accept(Act.ADD, tr("Add the folder to the project"))
    return Accept(Act.LAY, _counted("Add to the timeline", "Add {count} files to the timeline", _media(things)))


def _screen(payload: Payload, things: tuple[Thing, ...], place: Screen) -> Offer:
    media = _media(things)
    if len(media) == len(things) == 1 and media[0].kind == "image":
        return Accept(Act.FIRST, tr("Animate this image"))
    if len(media) == 2 and all(thing.kind == "image" for thing in media):
        return Accept(Act.ENDS, tr("Animate from the first to the second"))
    del place
    return _anywhere(payload, things)


def _prompt(payload: Payload, things: tuple[Thing, ...]) -> Offer:
    if isinstance(payload, Words):
        return Accept(Act.NATIVE, tr("Put the words here"))
    if isinstance(payload, LookCard):
        return Accept(Act.CHOOSE_LOOK, tr("Use the look “{title}”", title=tr(payload.title)))
    media = _media(things)
    if len(media) == 1 and media[0].recipe:
        return Accept(Act.RECIPE, tr("Use its prompt, seed and settings"))
    images = [thing for thing in media if thing.kind == "image"]
    if len(images) == 1:
        return Accept(Act.FIRST, tr("Animate this image"))
    if len(images) == 2:
        return Accept(Act.ENDS, tr("Animate from the first to the second"))
    if images:
        return Accept(Act.KEYFRAMES, tr("Animate through {count} images", count=len(images)))
    if any(thing.kind == "video" for thing in media):
        return Accept(Act.VIDEO, tr("Restyle this video"))
    if media:
        return Refuse(tr("The built-in model does not listen to sound. Drop it on an audio track."))
    return Refuse(tr("A folder cannot be animated. Drop it on the library."))


def _slot(place: Slot, things: tuple[Thing, ...]) -> Offer:
    media = _media(things)
    images = [thing for thing in media if thing.kind == "image"]
    videos = [thing for thing in media if thing.kind == "video"]
    if place.which == "video":
        if videos:
            return Accept(Act.VIDEO, tr("Restyle this video"))
        return Refuse(tr("“{name}” is not a video. Drop a picture on First image instead.", name=things[0].name))
    if len(images) == 2:
        return Accept(Act.ENDS, tr("Use as first and last image"))
    if len(images) > 2:
        return Accept(Act.KEYFRAMES, tr("Use as {count} keyframes", count=len(images)))
    if images or videos:
        if place.which == "first":
            return Accept(Act.FIRST, tr("Use as first frame") if images else tr("Use its first frame as first frame"))
        return Accept(Act.LAST, tr("Use as last frame") if images else tr("Use its first frame as last frame"))
    return Refuse(tr("“{name}” has no picture. Drop a PNG, JPEG or WebP.", name=things[0].name))


def _lane(place: Lane, things: tuple[Thing, ...]) -> Offer:
    media = [thing for thing in _media(things) if thing.kind in _SEEN]
    if not media:
        return Refuse(tr("“{name}” has no picture. Drop a picture or a video.", name=things[0].name))
    if len(media) > 1:
        return Accept(Act.KEYFRAMES, tr("Keep {count} keyframes", count=len(media)))
    return Accept(Act.KEYFRAMES, tr("Keep it at {at:.1f} s", at=place.at))


def _board(payload: Payload, things: tuple[Thing, ...]) -> Offer:
    if isinstance(payload, Words):
        return Accept(Act.CARD, tr("New card with these words"))
    if isinstance(payload, LookCard):
        return Refuse(tr("A look counts for the whole storyboard. Choose it beside the media."))
    media = [thing for thing in _media(things) if thing.kind in _SEEN]
    if not media:
        return Refuse(tr("A card needs words, a picture or a video."))
    return Accept(Act.CARD, _counted("New card", "{count} new cards", media))


def _card(payload: Payload, things: tuple[Thing, ...]) -> Offer:
    if isinstance(payload, Words):
        return Accept(Act.BEGIN, tr("Let the card say these words"))
    if isinstance(payload, LookCard):
        return Refuse(tr("A look counts for the whole storyboard. Choose it beside the media."))
    media = [thing for thing in _media(things) if thing.kind in _SEEN]
    if len(media) != 1:
        return Refuse(tr("A card begins with one picture or video. Drop several beside the cards."))
    return Accept(
        Act.BEGIN, tr("Begin the card with this image") if media[0].kind == "image" else tr("Begin with this video")
    )


def _library(payload: Payload, things: tuple[Thing, ...], place: MediaShelf | SearchBox) -> Offer:
    if isinstance(payload, LookCard):
        return Refuse(tr("Looks have a page of their own, beside the media."))
    if isinstance(place, SearchBox):
        if isinstance(payload, Words):
            return Accept(Act.NATIVE, tr("Search for these words"))
        if any(thing.kind in _SEEN for thing in things):
            return Accept(Act.SIMILAR, tr("Find what looks like this"))
        return Refuse(tr("Only a picture or a video can be searched for."))
    if isinstance(payload, Words):
        return Refuse(tr("Words are no media. Drop them on the prompt."))
    if any(thing.kind == "folder" for thing in things):
        return Accept(Act.ADD, tr("Add the folder to the project"))
    if all(thing.known for thing in things):
        return Refuse(tr("It is in the library already."))
    if any(thing.still for thing in things):
        return Accept(Act.ADD, tr("Keep this frame as a picture"))
    return Accept(Act.ADD, _counted("Add to the project", "Add {count} files to the project", _media(things)))


def _looks(payload: Payload, things: tuple[Thing, ...], place: LooksPage | OnLook) -> Offer:
    if isinstance(payload, Words):
        return Refuse(tr("Words are no look. Make one with New look, and write them into its template."))
    if isinstance(payload, LookCard):
        return Refuse(tr("The look is here already."))
    if isinstance(place, OnLook) and any(thing.clip for thing in things):
        return Accept(Act.RESTYLE, tr("Restyle in “{title}”", title=tr(place.title)))
    media = [thing for thing in _media(things) if thing.kind in _SEEN]
    if len(media) != 1:
        return Refuse(tr("A look is made from one picture. Drop one, or a .json file of a look."))
    return Accept(Act.LOOK_OF_PICTURE, tr("Make a look of this picture"))


def _timeline(payload: Payload, things: tuple[Thing, ...], place: OnTimeline, project: Project) -> Offer:
    if place.locked:
        return Refuse(
            tr("The track “{track}” is locked. Unlock it first.", track=project.timeline.tracks[place.track].name)
        )
    audio = project.timeline.tracks[place.track].kind == "audio"
    if isinstance(payload, Words | LookCard):
        if audio:
            return Refuse(tr("Sound is not generated. Drop it on a clip with a picture."))
        return _told(payload, place)
    media = _media(things)
    if not media:
        return Accept(Act.ADD, tr("Add the folder to the project"))
    if all(thing.clip for thing in things):
        return Refuse(tr("The clip is on the timeline already. Drag it along the tracks to move it."))
    if audio and not any(thing.sound or thing.kind == "sound" for thing in media):
        return Refuse(tr("“{name}” has no sound. Drop it on a video track.", name=media[0].name))
    if not audio and all(thing.kind == "sound" for thing in media):
        return Accept(Act.PLACE, tr("Place on an audio track"))
    if audio:
        return _on_track(things, place, project)
    one = len(media) == 1
    match place:
        case Cut():
            return _between(media)
        case Edge() if one and media[0].kind == "image":
            return Accept(
                Act.REACH, tr("Lead up to here from this image") if place.before else tr("Extend to this image")
            )
        case Hole() if one:
            return Accept(Act.FILL, tr("Put it into the gap"))
        case _:
            return _on_track(things, place, project)


def _on_track(things: tuple[Thing, ...], place: OnTimeline, project: Project) -> Offer:
    """Where nothing lies they are placed; onto clips they come in several ways."""
    if runs_over(project.timeline, footprints(things, place, project.timeline)):
        return Accept(Act.INSERT, tr(OTHERS_WORDS), choices=ON_OTHERS)
    track = project.timeline.tracks[place.track].name
    return Accept(
        Act.PLACE, _counted("Place on {track}", "Place {count} clips on {track}", _media(things), track=track)
    )


def _between(media: list[Thing]) -> Offer:
    """One thing between two clips can be joined to them in several ways; several are only inserted."""
    if len(media) > 1:
        return Accept(Act.INSERT, tr("Insert {count} clips here", count=len(media)))
    return Accept(Act.INSERT, tr(CUT_WORDS), choices=ON_CUT)


def _told(payload: Words | LookCard, place: OnTimeline) -> Offer:
    """Words or a look brought to the clips: they say how what is generated there shall be."""
    how = tr("in “{title}”", title=tr(payload.title)) if isinstance(payload, LookCard) else tr("with these words")
    match place:
        case OnClip():
            return Accept(Act.RESTYLE, tr("Restyle {how}", how=how))
        case Cut():
            return Accept(Act.BRIDGE, tr("Bridge these two {how}", how=how))
        case Hole() if place.left and place.right:
            return Accept(Act.BRIDGE, tr("Bridge these two {how}", how=how))
        case Edge():
            return Accept(Act.EXTEND, tr("Extend from here {how}", how=how))
        case _:
            if isinstance(payload, LookCard):
                return Refuse(tr("Drop the look on a clip to restyle it, or on a cut to bridge it."))
            return Accept(Act.PROMPT, tr("Use as the prompt"))


def _media(things: tuple[Thing, ...]) -> list[Thing]:
    return [thing for thing in things if thing.kind in _MEDIA and not thing.lost]


def _counted(one: str, many: str, things: tuple[Thing, ...] | list[Thing], **values: object) -> str:
    count = len(things)
    return tr(one, **values) if count == 1 else tr(many, count=count, **values)
