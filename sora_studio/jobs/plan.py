"""The one place that fits a Request to an engine's Capabilities: size, length, windows, and words for what was changed.

A clip longer than the engine's window is a chain: each window is shown the last frames of the one before. A clip that
must arrive at given frames (a prepend) is chained from its end. A clip that closes on itself is made towards its own
first frames. What the engine can't do is refused.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

from sora_studio.core import emphasis
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import Refused
from sora_studio.core.language import tr
from sora_studio.core.request import Request
from sora_studio.core.time import FrameRange, Size
from sora_studio.jobs.layout import Stretch, lay_out, mirror, window_of
from sora_studio.jobs.notes import notes
from sora_studio.jobs.windows import Piece, Plan, PlannedWindow, runs
from sora_studio.media.geometry import fit

LONGEST_SHAPE = 4.0
"""The longer side over the shorter one beyond which a picture is no longer what a model was made for."""


def make_plan(request: Request, caps: Capabilities) -> Plan:
    """Fit a request to an engine. Raises Refused, in words, when the engine can't do it, and BadInput for weights of
    phrases that none has."""
    if caps.enlarges > 1:
        return _enlarging(request, caps)
    _refuse_unknown(request, caps)
    fitted = _fit_words(_fit_frames(request, fit_size(request.size, caps)), caps)
    windows = _windows(fitted, caps)
    for window in windows:
        _refuse_places(window, caps)
        _refuse_lack(window, caps)
    return Plan(fitted, windows, tuple(notes(request, fitted, windows, caps)))


def enlarged(size: Size, caps: Capabilities) -> Size:
    """The size at which pictures of `size` come back from an engine that enlarges. Raises Refused when that is more
    than it makes."""
    out = Size(caps.enlarges * size.width, caps.enlarges * size.height)
    if out.width * out.height > caps.max_pixels:
        raise Refused(
            "{size} enlarged {by} times would be {out}, more than {most} million pixels. Enlarge it less, or make it "
            "smaller first.",
            size=size,
            by=caps.enlarges,
            out=out,
            most=round(caps.max_pixels / 1e6, 1),
        )
    return out


def _enlarging(request: Request, caps: Capabilities) -> Plan:
    """A plan in which every frame of the clip is given, at its own size, and comes back larger."""
    marks = [FrameRange(given.at, given.stop) for given in request.given if given.strength == 1.0]
    if marks != [FrameRange(0, request.length)] or len(request.given) > 1 or request.wrap:
        raise Refused(
            "“{engine}” only enlarges clips that are there and makes none. Choose another engine, or upscale a clip.",
            engine=tr(caps.title),
        )
    if enlarged(request.given[0].size, caps) != request.size:
        raise Refused(
            "The pictures are now {size}, and “{engine}” does not make {wanted} of them. Upscale the clip again.",
            size=request.given[0].size,
            engine=tr(caps.title),
            wanted=request.size,
        )
    return Plan(request, tuple(_window(stretch, request) for stretch in lay_out(request.length, marks, caps)))


def fit_size(size: Size, caps: Capabilities) -> Size:
    """`size` if the engine was made for it or nearly; else the same shape (up to 4:1) of about as many pixels as the
    engine was made for, or, for one that makes any size, as were asked for.

    Sides are multiples of `caps.size_step` and the pixels at most `caps.max_pixels`. A fitted size stays as it is.
    """
    if size in caps.sizes:
        return size
    usual = min(caps.sizes, key=lambda known: abs(math.log(known.aspect / size.aspect)))
    if caps.other_sizes == "none":
        return usual
    wanted = size if caps.other_sizes == "any" else usual
    budget = max(caps.size_step**2, min(wanted.width * wanted.height, caps.max_pixels))
    least, most = 0.8 * budget, min(1.2 * budget, caps.max_pixels)
    if size.snapped(caps.size_step) == size and least <= size.width * size.height <= most:
        return size
    step = caps.size_step
    aspect = min(max(size.aspect, 1 / LONGEST_SHAPE), LONGEST_SHAPE)
    ideal = math.sqrt(budget * aspect), math.sqrt(budget / aspect)
    sides = [{max(1, math.floor(side / step)) * step, max(1, math.ceil(side / step)) * step} for side in ideal]
    candidates = [Size(width, height) for width, height in product(*sides)] + [usual]
    allowed = [known for known in candidates if known.width * known.height <= caps.max_pixels]
    return min(allowed or [usual], key=lambda known: _misfit(known, aspect, budget))


def _misfit(size: Size, aspect: float, budget: int) -> float:
    """How far a size is from a shape and a number of pixels; the shape counts double."""
    return 2 * abs(math.log(size.aspect / aspect)) + abs(math.log(size.width * size.height / budget))


def _fit_frames(request: Request, size: Size) -> Request:
    """The request at `size`, its given frames cut and scaled to it; what has no strength is left out."""
    given = tuple(replace(item, frames=fit(item.frames, size)) for item in request.given if item.strength > 0)
    return replace(request, size=size, given=given)


def _fit_words(request: Request, caps: Capabilities) -> Request:
    """The request without the weights of phrases that the engine does not read."""
    for text in (request.prompt, request.negative, *(later.prompt for later in request.prompts)):
        emphasis.check(text)
    request = replace(request, negative=emphasis.plain(request.negative))
    if caps.emphasis:
        return request
    prompts = tuple(replace(later, prompt=emphasis.spoken(later.prompt)[0]) for later in request.prompts)
    return replace(request, prompt=emphasis.spoken(request.prompt)[0], prompts=prompts)


def _windows(request: Request, caps: Capabilities) -> tuple[PlannedWindow, ...]:
    """The windows of a fitted request in the order they are made."""
    length, longest = request.length, window_of(caps)
    turns = [] if caps.prompts else [later.at for later in request.prompts if later.at > 0]
    marks = [FrameRange(given.at, given.stop) for given in request.given if given.strength == 1.0]
    if request.wrap and length > 1:
        if caps.wrap and caps.snap_frames(length) == length <= longest and not turns:
            return (_window(Stretch(0, length, FrameRange(0, length)), request),)
        return _closing_windows(request, marks, caps, turns)
    if length <= longest and not turns and not _must_split(marks, request, caps):
        return (_window(_single(request, marks, caps), request),)
    backward = len(marks) == 1 and marks[0].stop == length and marks[0].start > 0 and caps.places != "start"
    if backward:
        turned = [mirror(mark, length) for mark in marks]
        back = [length - turn for turn in turns]
        stretches = [stretch.mirrored(length) for stretch in lay_out(length, turned, caps, back)]
    else:
        stretches = lay_out(length, marks, caps, turns)
    return tuple(_window(stretch, request, backward=backward) for stretch in stretches)


def _single(request: Request, marks: list[FrameRange], caps: Capabilities) -> Stretch:
    return lay_out(request.length, marks, caps)[0]


def _must_split(marks: list[FrameRange], request: Request, caps: Capabilities) -> bool:
    """Whether given frames stand inside a clip of an engine that takes them at the ends only."""
    return caps.places == "ends" and any(mark.start > 0 and mark.stop < request.length for mark in marks)


def _closing_windows(
    request: Request, marks: list[FrameRange], caps: Capabilities, turns: list[int]
) -> tuple[PlannedWindow, ...]:
    """A clip whose last frame leads to its first.

    Short: the picture at frame 0, given or made first, also stands at the frame after the last, which is cut.
    Long: the chain's end is given the clip's own first frames.
    """
    length = request.length
    if turns and length <= 2 * caps.overlap:
        raise Refused("A loop this short can't change its prompt on the way. Make it longer, or give it one prompt.")
    if caps.snap_frames(length + 1) <= window_of(caps) and not turns:
        axis = length + 1
        opening = any(mark.start == 0 for mark in marks)
        stretch = Stretch(0, caps.snap_frames(axis), FrameRange(0, length))
        main = _window(stretch, request, closing=FrameRange(length, axis))
        if opening:
            return (main,)
        key = Piece(0, 1, "key", 0)
        first = PlannedWindow(0, 1, FrameRange(0, 0), _key_pieces(request))
        rest = [piece for piece in main.pieces if piece.at > 0]
        partial = [_without_first(piece) for piece in main.pieces if piece.at == 0]
        return first, replace(main, pieces=(key, *(piece for piece in partial if piece), *rest))
    closing = FrameRange(length, length + caps.overlap)
    stretches = lay_out(closing.stop, [*marks, closing], caps, turns)
    cut = [replace(stretch, keep=stretch.keep.clamped(0, length)) for stretch in stretches]
    return tuple(_window(stretch, request, closing=closing) for stretch in cut if len(stretch.keep))


def _key_pieces(request: Request) -> tuple[Piece, ...]:
    """What the key picture of a closed clip is shown: the partly kept frame at its place, if there is one."""
    for index in range(len(request.given) - 1, -1, -1):
        if request.given[index].at == 0:
            return (Piece(0, 1, "given", 0, index, request.given[index].strength),)
    return ()


def _without_first(piece: Piece) -> Piece | None:
    if piece.count == 1:
        return None
    return replace(piece, at=piece.at + 1, count=piece.count - 1, first=piece.first + 1)


def _window(
    stretch: Stretch, request: Request, *, closing: FrameRange | None = None, backward: bool = False
) -> PlannedWindow:
    """The stretch with what it is shown, frame by frame, joined to pieces."""
    pieces: list[Piece] = []
    short = closing is not None and len(closing) == 1 and stretch.keep.start == 0 and stretch.keep.stop == closing.start
    for at in range(stretch.length):
        frame = stretch.start + at
        if closing is not None and frame in closing:
            first = frame - closing.start
            known = short or first < stretch.keep.start  # a part cannot be led to frames that it makes itself
            piece: Piece | None = _closing_piece(at, first, request, short) if known else None
        else:
            piece = _piece(at, frame, stretch, request, backward)
        if piece is None:
            continue
        if pieces and _continues(pieces[-1], piece):
            pieces[-1] = replace(pieces[-1], count=pieces[-1].count + 1)
        else:
            pieces.append(piece)
    return PlannedWindow(stretch.start, stretch.length, stretch.keep, tuple(pieces))


def _closing_piece(at: int, first: int, request: Request, short: bool) -> Piece:
    """The clip's own beginning at its end: as given, or as the key picture, or as made."""
    if not short:
        return Piece(at, 1, "clip", first)
    for index in range(len(request.given) - 1, -1, -1):
        if request.given[index].at == 0 and request.given[index].strength == 1.0:
            return Piece(at, 1, "given", 0, index)
    return Piece(at, 1, "key", 0)


def _piece(at: int, frame: int, stretch: Stretch, request: Request, backward: bool) -> Piece | None:
    """What the window is shown at `frame`: given frames that are fully kept, else what is made already, else given
    frames that are partly kept. Beyond the clip's ends their last picture goes on, so that no group is mixed and a last
    picture stands at the end of what is made."""
    made = frame >= stretch.keep.stop if backward else frame < stretch.keep.start
    within = min(frame, request.length - 1)
    covering = [i for i, given in enumerate(request.given) if given.at <= within < given.stop]
    kept = [i for i in covering if request.given[i].strength == 1.0]
    if kept:
        return Piece(at, 1, "given", frame - request.given[kept[-1]].at, kept[-1])
    if made and 0 <= frame < request.length:
        return Piece(at, 1, "clip", frame)
    beyond = min(max(frame, 0), request.length - 1)
    partial = [i for i, given in enumerate(request.given) if given.at <= beyond < given.stop and given.strength < 1.0]
    if not partial:
        return None
    given = request.given[partial[-1]]
    return Piece(at, 1, "given", frame - given.at, partial[-1], given.strength)


def _continues(piece: Piece, following: Piece) -> bool:
    same = (piece.origin, piece.index, piece.strength) == (following.origin, following.index, following.strength)
    return same and piece.stop == following.at and piece.first + piece.count == following.first


def _refuse_unknown(request: Request, caps: Capabilities) -> None:
    """What no plan can mend."""
    partial = [given for given in request.given if 0 < given.strength < 1]
    if partial and not caps.partial:
        raise Refused(
            "“{engine}” keeps given frames fully or not at all. Set the strength to 100 %, or choose an "
            "engine that restyles.",
            engine=tr(caps.title),
        )
    if any(given.strength > 0 for given in request.given) and caps.places == "none":
        raise Refused(
            "“{engine}” makes clips from words alone. Remove the given frames, or choose another engine.",
            engine=tr(caps.title),
        )
    if request.length > window_of(caps) and caps.places == "none":
        seconds = request.rate.seconds(window_of(caps))
        raise Refused(
            "“{engine}” makes at most {seconds:.1f} seconds. Shorten the clip, or choose another engine.",
            engine=tr(caps.title),
            seconds=seconds,
        )
    if request.prompts and not caps.prompts and caps.places == "none":
        raise Refused(
            "“{engine}” takes one prompt a clip. Make the parts one by one, or choose another engine.",
            engine=tr(caps.title),
        )
    if request.loras and not caps.loras:
        raise Refused(
            "“{engine}” takes no LoRA files. Choose a look without one, or another engine.", engine=tr(caps.title)
        )
    if request.wrap and not caps.wrap and request.length > 1 and caps.places in ("start", "none"):
        raise Refused(
            "“{engine}” can't close a clip on itself. Switch the loop off, or choose another engine.",
            engine=tr(caps.title),
        )


def _refuse_places(window: PlannedWindow, caps: Capabilities) -> None:
    """Refuse given frames that stand where the engine can't take them."""
    if caps.places == "any":
        return
    for start, stop in runs(window.pieces):
        if start == 0 or (caps.places == "ends" and stop == window.length):
            continue
        place = window.start + start
        if caps.places == "start":
            raise Refused(
                "“{engine}” can only go on from frames at the start of a clip, not meet some at frame {place}. "
                "Move them to the start, or choose another engine.",
                engine=tr(caps.title),
                place=place,
            )
        raise Refused(
            "“{engine}” takes given frames at the start and the end of what it makes, which is {step}k+1 "
            "frames long, so it can't meet those at frame {place}. Move them or change the length, or choose "
            "another engine.",
            engine=tr(caps.title),
            step=caps.frame_step,
            place=place,
        )


def _refuse_lack(window: PlannedWindow, caps: Capabilities) -> None:
    """Refuse a window that is shown nothing where the engine can't do without."""
    shown = {place for piece in window.pieces for place in range(piece.at, piece.stop)}
    if caps.needs != "nothing" and 0 not in shown:
        raise Refused(
            "“{engine}” begins with a picture, and there is none for frame {place}. Give it a first image, or choose "
            "another engine.",
            engine=tr(caps.title),
            place=max(0, window.start),
        )
    if caps.needs == "ends" and window.length - 1 not in shown:
        raise Refused(
            "“{engine}” goes from one picture to another in at most {seconds:.1f} seconds, and there is none for frame "
            "{place}. Give it a last image or make the clip shorter, or choose another engine.",
            engine=tr(caps.title),
            seconds=caps.rate.seconds(window_of(caps)),
            place=window.stop - 1,
        )
