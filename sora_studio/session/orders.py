"""The generating verbs from files and a draft to an Order: a Request, and what becomes of the frames it makes.

The session's clips and the command line's files meet here, so that both make the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sora_studio.core import tasks
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.emphasis import plain
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.phrasing import beside_pictures
from sora_studio.core.recipe import Recipe, from_recipe, generated_from, own_words, to_recipe
from sora_studio.core.request import Footage, Frames, Given, Request, Source
from sora_studio.core.time import Size
from sora_studio.engines.upscalers import upscaler
from sora_studio.jobs.plan import enlarged
from sora_studio.media.footage import read_footage, read_source
from sora_studio.session import pieces
from sora_studio.session.draft import Draft, Keyframe, base_request, chosen_look, nearest_size
from sora_studio.session.pieces import Fit, Piece, usable
from sora_studio.session.references import begun, toned, toned_again

Result = Literal["whole", "fresh", "joined", "looped", "enlarged"]

_RESULTS: tuple[Result, ...] = ("whole", "fresh", "joined", "looped", "enlarged")

WHOLE: tuple[Result, ...] = ("whole", "enlarged")
"""Results of which every frame is written, as it is made."""

MOST_GIVEN = 512 << 20
"""Bytes of frames that are enlarged at once: they lie in memory here and travel to the worker."""

LARGEST = 1920 * 1080
"""Pixels of the pictures that generated frames are enlarged to when they continue a clip."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """`result` says which frames are kept: the "whole" clip; only the "fresh" ones, without the context of the
    neighbours; or those "joined" to the clips they continue ("looped": to the clip they lead back to, once); or the
    whole clip that was given, "enlarged". `shape` is the size they are stretched to, None as made. `before` is what an
    enlarged clip was generated from.
    """

    request: Request
    label: str
    result: Result = "whole"
    shape: Size | None = None
    before: Recipe | None = None

    @property
    def kept(self) -> tuple[int, int]:
        """First and last+1 frame of the request that is written."""
        return (0, self.request.length) if self.result in WHOLE else tasks.fresh(self.request)

    @property
    def frames(self) -> int:
        """How many frames are written."""
        first, last = self.kept
        return last - first

    @property
    def size(self) -> Size:
        """The size they are written at, as far as it is known before the engine has planned."""
        return self.shape or self.request.size

    def recipe(self) -> Recipe:
        """The request as data, with what was kept of it."""
        recipe = {**to_recipe(self.request), "result": self.result}
        return recipe if self.before is None else {**recipe, "before": self.before}


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A card of a storyboard: its words, its seconds, what it begins with."""

    text: str
    seconds: float
    piece: Piece | None = None


def new_clip(draft: Draft, caps: Capabilities) -> Order:
    """A clip from words, from first and last pictures, or from a video that is told again."""
    if draft.video is not None:
        return replace(restyle(draft, caps, Piece(draft.video)), label=_label("Restyle", draft))
    base = base_request(draft, caps, draft.size)
    images: dict[float, Footage] = {}
    if draft.first is not None:
        images[0.0] = _image(draft.first, base)
    if draft.last is not None:
        images[1.0] = _image(draft.last, base)
    if not (images or draft.given or base.prompt.strip()):
        raise BadInput("Say in a few words what the clip shows, or give it a picture to start from.")
    request = tasks.keyframes(base, draft.seconds, images) if images else tasks.text(base, draft.seconds)
    given = (*request.given, *(_keyframe(one, request) for one in draft.given))
    request = replace(request, given=given, wrap=draft.loop)
    return Order(begun(request, chosen_look(draft)), _label("Animate" if given else "", draft))


def storyboard(draft: Draft, caps: Capabilities, cards: Sequence[BoardCard]) -> Order:
    """One clip of all cards. The look is added to the words of each, the helper's phrases to none: they were found for
    the draft's words, which a first card without words takes."""
    base = base_request(draft, caps, draft.size)
    draft = replace(draft, seed=base.seed)
    if not any(card.text.strip() or card.piece for card in cards) and not draft.prompt.strip():
        raise BadInput("The cards say nothing yet. Write what one of them shows, or give it a picture.")
    fit = Fit(base.size, base.size)
    shots = []
    for card in cards:
        words = (
            base_request(replace(draft, prompt=card.text, phrases=()), caps, base.size).prompt
            if card.text.strip()
            else ""
        )
        shots.append(tasks.Shot(words, card.seconds, _beginning(card.piece, base, fit) if card.piece else None))
    said = next((card.text.strip() for card in cards if card.text.strip()), base.words)
    request = replace(tasks.storyboard(base, shots), words=said)
    return Order(request, _label("Storyboard", replace(draft, prompt=request.prompt)))


def _beginning(piece: Piece, base: Request, fit: Fit) -> Footage:
    usable(piece.path)
    return pieces.whole(piece, base.rate, fit)


def extend(draft: Draft, caps: Capabilities, piece: Piece, seconds: float, *, before: bool = False) -> Order:
    """What follows a piece, or what came before it."""
    fit = _fit(draft, caps, piece)
    base, context = _base(draft, caps, fit.size), caps.overlap
    if before:
        request = tasks.prepend(base, pieces.head(piece, base.rate, fit, context), seconds, context)
    else:
        request = tasks.extend(base, pieces.tail(piece, base.rate, fit, context), seconds, context)
    return Order(request, _label("Before" if before else "Extend", draft), "fresh", fit.shape)


def bridge(
    draft: Draft, caps: Capabilities, ends: tuple[Piece, Piece], seconds: float, like: Piece | None = None
) -> Order:
    """The passage from one piece to the next, in the shape of the first (or of `like`)."""
    before, after = ends
    usable(after.path)
    fit = _fit(draft, caps, like or before)
    base, context = _base(draft, caps, fit.size), caps.overlap
    last, first = pieces.tail(before, base.rate, fit, context), pieces.head(after, base.rate, fit, context)
    return Order(tasks.bridge(base, last, first, seconds, context), _label("Bridge", draft), "fresh", fit.shape)


def loop(draft: Draft, caps: Capabilities, piece: Piece, seconds: float) -> Order:
    """The way from a piece's end back to its start."""
    return replace(bridge(draft, caps, (piece, piece), seconds), label=_label("Loop", draft))


def restyle(draft: Draft, caps: Capabilities, piece: Piece, *, keep_shape: bool = True) -> Order:
    """A piece told again in the words of the prompt; `keep_shape` enlarges it to the piece's own shape."""
    if not draft.prompt.strip() and not draft.look:
        raise BadInput("Choose a look or say in a few words how the clip shall look.")
    fit = _fit(draft, caps, piece)
    if not keep_shape:
        fit = replace(fit, shape=fit.size)
    base = _base(draft, caps, fit.size)
    footage = toned(pieces.whole(piece, base.rate, fit), chosen_look(draft))
    request = tasks.restyle(base, footage, draft.strength)
    if keep_shape:
        return Order(request, _label("Restyle", draft), "fresh", fit.shape)
    return Order(request, _label("Restyle", draft))


def upscale(piece: Piece, by: int, before: Recipe | None = None) -> Order:
    """A piece `by` times as wide and as high, at its own rate; `before` is what its pictures were generated from, whose
    words it keeps. Raises BadInput for what is too long, and Refused for what would be too large, before it is read."""
    info, caps = usable(piece.path), upscaler(by)
    size = info.size
    enlarged(size, caps)
    stop = info.frames / info.rate.fps if piece.stop is None else piece.stop
    most = MOST_GIVEN // (size.width * size.height * 3)
    if (stop - piece.start) * info.rate.fps > most:
        raise BadInput(
            "At {size}, {seconds:.0f} s are upscaled at once, and this is {length:.0f} s long. Split the clip or trim "
            "it, and upscale its parts.",
            size=size,
            seconds=info.rate.seconds(most),
            length=float(stop - piece.start),
        )
    said = before or {}
    prompt, words, look = str(said.get("prompt", "")), own_words(said), str(said.get("look", ""))
    base = Request(prompt, steps=caps.steps, guidance=caps.guidance, engine=caps.engine, look=look, words=words)
    request = tasks.upscale(base, pieces.whole(piece, info.rate, Fit(size, size)), by)
    return Order(request, _label("Upscale", Draft(prompt=words or piece.path.stem)), "enlarged", before=before)


def repeat(recipe: object, label: str, find: Callable[[str], Path] = Path) -> Order:
    """The order a recipe came from. `find` says where a file named in it lies now."""
    said = recipe.get("result") if isinstance(recipe, dict) else None
    result: Result = next((known for known in _RESULTS if known == said), "whole")
    shape = None if result in WHOLE else _shape_of(recipe, find)

    def load(source: Source) -> Frames:
        source = replace(source, path=str(find(source.path)))
        size = None if result == "enlarged" else _size_of(recipe)
        frames = pieces.again(source, Fit(size, shape)) if size and shape else read_source(source, size)
        return toned_again(frames, find(source.palette) if source.palette else None)

    before = generated_from(recipe) if result == "enlarged" else None
    return Order(from_recipe(recipe, load), label, result, shape, before)


def _shape_of(recipe: object, find: Callable[[str], Path]) -> Size | None:
    """The shape of the file that the first given frames came from."""
    try:
        path = recipe["given"][0]["source"]["path"]  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        return None
    return shown_size(usable(find(str(path))).size)


def _size_of(recipe: object) -> Size:
    try:
        width, height = recipe["size"]  # type: ignore[index]
        return Size(int(width), int(height))
    except (KeyError, TypeError, ValueError) as exc:
        raise BadInput("The recipe is damaged: it has no size. Make the clip again from its prompt.") from exc


def shown_size(size: Size) -> Size:
    """An even size of the same shape, not larger than LARGEST: what frames that continue a clip are written at."""
    scale = min(1.0, (LARGEST / (size.width * size.height)) ** 0.5)
    return Size(max(2, round(size.width * scale / 2) * 2), max(2, round(size.height * scale / 2) * 2))


def _base(draft: Draft, caps: Capabilities, size: Size) -> Request:
    """The request beside given footage, which shows for itself what phrases would guess."""
    return base_request(replace(draft, phrases=beside_pictures(draft.phrases)), caps, size)


def _fit(draft: Draft, caps: Capabilities, piece: Piece) -> Fit:
    info = usable(piece.path)
    return Fit(draft.size if draft.size_fixed else nearest_size(caps, info.size), shown_size(info.size))


def _image(path: Path, base: Request) -> Footage:
    usable(path)
    return read_footage(path, rate=base.rate, stop=1, size=base.size)


def _keyframe(keyframe: Keyframe, request: Request) -> Given:
    """Frames at their place; a video is cut where the clip ends."""
    usable(keyframe.path)
    if not 0 <= keyframe.at <= request.seconds:
        raise BadInput(
            "“{name}” is to stand at {at:g} s, but the clip lasts from 0 to {length:g} s. Choose a time inside it.",
            name=keyframe.path.name,
            at=keyframe.at,
            length=request.seconds,
        )
    at = min(request.rate.frames(keyframe.at), request.length - 1)
    footage = read_footage(keyframe.path, rate=request.rate, stop=request.length - at, size=request.size)
    return Given(at, footage.frames, keyframe.strength, footage.source)


def relabelled(label: str, before: str, after: str) -> str:
    """A label that says other words; one that did not say the former ones stays."""
    former = _shortened(before)
    return label.replace(former, _shortened(after)) if former else label


def _label(verb: str, draft: Draft) -> str:
    words = _shortened(draft.prompt)
    return tr("{verb}: {words}", verb=tr(verb), words=words) if verb and words else tr(verb) or words


def _shortened(words: str) -> str:
    words = " ".join(plain(words).split())
    return words if len(words) <= 60 else f"{words[:59].rstrip()}…"
