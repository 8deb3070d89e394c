"""Words for everything about a plan that is not as it was asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.emphasis import groups
from sora_studio.core.language import tr
from sora_studio.core.request import Given, Request
from sora_studio.core.time import Size
from sora_studio.jobs.windows import Piece, PlannedWindow, runs


def notes(request: Request, fitted: Request, windows: tuple[PlannedWindow, ...], caps: Capabilities) -> Iterator[str]:
    """Sentences about everything that was adapted."""
    yield from _sizes(request.size, fitted.size, caps)
    if any(_reshaped(given, fitted.size) for given in request.given):
        yield tr("Given frames are cut to the shape {size}.", size=fitted.size)
    if any(given.strength == 0 for given in request.given):
        yield tr("Given frames with a strength of 0 are left out, since nothing of them is kept.")
    if request.rate != caps.rate:
        yield tr(
            "This engine makes motion for {rate} frames a second; at {wanted} it looks faster or slower.",
            rate=caps.rate,
            wanted=request.rate,
        )
    yield from _composed(windows, caps)
    yield from _words(request, caps)
    made = [window for window in windows if len(window.keep)]
    if request.wrap and len(windows) > len(made):
        yield tr("To close the clip on itself, a first picture is made and stands at both ends.")
    elif request.wrap and len(made) > 1:
        yield tr("To close the clip on itself, its last part is made towards its own first frames.")
    if request.prompts and not caps.prompts:
        yield tr("Each part is made with its own words and goes on from the frames of the one before.")
    if len(made) > 1 and made[0].keep.start > 0:
        yield tr(
            "The clip is made in {parts} parts that overlap, from the last to the first so that it arrives at the "
            "given frames.",
            parts=len(made),
        )
    elif len(made) > 1:
        yield tr("The clip is made in {parts} parts that overlap.", parts=len(made))
    elif made[0].length - len(made[0].keep) > (1 if request.wrap else 0):
        yield tr(
            "{made} frames are made and cut to {length}, since this engine makes {step}k+1 frames.",
            made=made[0].length,
            length=request.length,
            step=caps.frame_step,
        )


def _words(request: Request, caps: Capabilities) -> Iterator[str]:
    """What of the words the engine does not read."""
    if request.negative and not caps.negative:
        yield tr("This engine reads no negative prompt, so it is ignored.")
    elif groups(request.negative):
        yield tr("Weights in the negative prompt are not read: all its words count alike.")
    if not caps.emphasis and any(groups(text) for text in (request.prompt, *(one.prompt for one in request.prompts))):
        yield tr("“{engine}” reads no weights of phrases: all words count alike.", engine=tr(caps.title))


def _sizes(wanted: Size, size: Size, caps: Capabilities) -> Iterator[str]:
    """How the picture's size was chosen."""
    if wanted != size and caps.other_sizes == "any":
        yield tr(
            "The picture is made at {size} instead of {wanted}, the nearest that “{engine}” can make.",
            size=size,
            wanted=wanted,
            engine=tr(caps.title),
        )
    elif wanted != size:
        yield tr(
            "The picture is made at {size} instead of {wanted}: a size this engine was made for.",
            size=size,
            wanted=wanted,
        )
    usual = min(caps.sizes, key=lambda known: abs(math.log(known.aspect / size.aspect)))
    if 2 * size.width * size.height < usual.width * usual.height:
        yield tr(
            "“{engine}” was made for {size}; a picture this small comes out coarse.",
            engine=tr(caps.title),
            size=usual,
        )


def _composed(windows: tuple[PlannedWindow, ...], caps: Capabilities) -> Iterator[str]:
    """What the engine does without having learnt it."""
    if any(not _met(run, window, caps) for window in windows for run in runs(_kept(window))):
        engine = tr(caps.title)
        match caps.trained:
            case "none":
                yield tr(
                    "“{engine}” did not learn to meet given frames: they are kept in place while the rest forms. Look "
                    "at the seams.",
                    engine=engine,
                )
            case "start":
                yield tr(
                    "“{engine}” learnt to go on from a first picture only: other given frames are kept in place while "
                    "the rest forms. Look at the seams.",
                    engine=engine,
                )
            case _:
                yield tr(
                    "“{engine}” learnt to meet a first and a last picture only: other given frames are kept in place "
                    "while the rest forms. Look at the seams.",
                    engine=engine,
                )
    partly = any(piece.strength < 1 for window in windows for piece in window.pieces)
    if partly and not caps.partial_trained:
        yield tr(
            "“{engine}” did not learn to keep frames partly: it begins with them under noise instead of with noise "
            "alone.",
            engine=tr(caps.title),
        )


def _kept(window: PlannedWindow) -> tuple[Piece, ...]:
    return tuple(piece for piece in window.pieces if piece.strength == 1)


def _met(run: tuple[int, int], window: PlannedWindow, caps: Capabilities) -> bool:
    """Whether frames start..stop of a window stand where the network learnt to meet them."""
    start, stop = run
    first = run == (0, 1)
    # the last picture goes on behind the clip, where a window is longer
    last = stop == window.length and start >= min(window.length, window.keep.stop - window.start) - 1
    match caps.trained:
        case "any":
            return True
        case "ends":
            return first or last
        case "start":
            return first
        case _:
            return False


def _reshaped(given: Given, size: Size) -> bool:
    height, width = given.frames.shape[1:3]
    return abs(math.log(width / height / size.aspect)) > 0.02
