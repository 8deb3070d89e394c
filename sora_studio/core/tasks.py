"""The artist's verbs as pure functions that place given frames in a Request. No task exists anywhere else.

`base` carries prompt, size, rate, seed and engine; clips come at `base.rate` (media resamples them), any size.
In pictures: `#` kept, `+` partly kept, `.` generated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sora_studio.core.errors import BadInput
from sora_studio.core.request import Footage, Given, PromptAt, Request, Source
from sora_studio.core.time import Size

CONTEXT = 5
"""Frames of a neighbour that are shown to the model at a seam unless its engine asks for more: the first plus one group
of four of a causal VAE."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A stretch of a storyboard: `seconds` with these words (empty: the ones before), beginning with `footage`."""

    prompt: str
    seconds: float
    footage: Footage | None = None


def text(base: Request, seconds: float) -> Request:
    """`.........` everything is generated."""
    return replace(base, length=_frames(base, seconds), given=())


def keyframes(base: Request, seconds: float, images: dict[float, Footage], strength: float = 1.0) -> Request:
    """`#...#...#` still pictures at places 0..1 of the clip; {0: image} animates it, {0: a, 1: b} joins two."""
    length = _frames(base, seconds)
    given = tuple(
        Given(round(place * (length - 1)), image.frames[:1], strength, image.source)
        for place, image in sorted(images.items())
    )
    return replace(base, length=length, given=given)


def animate(base: Request, image: Footage, seconds: float) -> Request:
    """`#........` a picture comes alive."""
    return keyframes(base, seconds, {0.0: image})


def extend(base: Request, clip: Footage, seconds: float, context: int = CONTEXT) -> Request:
    """`#####......` the clip's tail, then what follows; the first `context` frames of the result repeat the clip."""
    tail = _tail(clip, context)
    return replace(base, length=len(tail) + _frames(base, seconds), given=(tail,))


def prepend(base: Request, clip: Footage, seconds: float, context: int = CONTEXT) -> Request:
    """`......#####` what came before, then the clip's head."""
    new = _frames(base, seconds)
    head = _head(clip, new, context)
    return replace(base, length=new + len(head), given=(head,))


def bridge(base: Request, before: Footage, after: Footage, seconds: float, context: int = CONTEXT) -> Request:
    """`####....####` a generated passage from one clip to the next; also fills a gap and retakes a range."""
    tail = _tail(before, context)
    gap = _frames(base, seconds)
    head = _head(after, len(tail) + gap, context)
    return replace(base, length=head.stop, given=(tail, head))


def restyle(base: Request, clip: Footage, strength: float = 0.6) -> Request:
    """`+++++++++` the whole clip, partly kept, told again in the words of the prompt."""
    return replace(base, length=len(clip), given=(Given(0, clip.frames, strength, clip.source),))


def upscale(base: Request, clip: Footage, by: int) -> Request:
    """`#########` the whole clip, `by` times as wide and as high."""
    size = Size(by * clip.size.width, by * clip.size.height)
    whole = Given(0, clip.frames, 1.0, clip.source)
    return replace(base, size=size, length=len(clip), rate=clip.rate, given=(whole,))


def loop(base: Request, clip: Footage, seconds: float) -> Request:
    """`####....####` from the clip's end back to its start, so that it can repeat without a seam."""
    return bridge(base, clip, clip, seconds)


def storyboard(base: Request, shots: Sequence[Shot]) -> Request:
    """`#...##..#...` shots one after the other: each begins with its picture or clip and has its own words."""
    places = [base.rate.frames(sum(shot.seconds for shot in shots[:index])) for index in range(len(shots) + 1)]
    given: list[Given] = []
    prompts: list[PromptAt] = []
    words = base.prompt
    for shot, at, stop in zip(shots, places, places[1:], strict=False):
        if shot.footage is not None:
            given.append(Given(at, shot.footage.frames[: max(1, stop - at)], 1.0, shot.footage.source))
        if shot.prompt and shot.prompt != words:
            words = shot.prompt
            prompts.append(PromptAt(at, words))
    first = prompts.pop(0).prompt if prompts and prompts[0].at == 0 else base.prompt
    return replace(base, prompt=first, prompts=tuple(prompts), length=max(1, places[-1]), given=tuple(given))


def endless(base: Request, seconds: float) -> Request:
    """`.........` on a time axis that wraps: the clip repeats without a seam."""
    return replace(text(base, seconds), wrap=True)


def fresh(request: Request) -> tuple[int, int]:
    """First and last+1 generated frame: what is left without fully kept multi-frame context at either end."""
    first, last = 0, request.length
    for given in request.given:
        if given.strength == 1.0 and len(given) > 1 and len(given) < request.length:
            if given.at == 0:
                first = given.stop
            elif given.stop == request.length:
                last = given.at
    return (first, last) if first < last else (0, request.length)


def _frames(base: Request, seconds: float) -> int:
    if not 0 < seconds <= 86_400:
        raise BadInput("The length must be above zero and at most a day, not {seconds} seconds.", seconds=seconds)
    return max(1, base.rate.frames(seconds))


def _tail(clip: Footage, context: int) -> Given:
    count = min(context, len(clip))
    return Given(0, clip.frames[-count:], 1.0, _part(clip, len(clip) - count, len(clip)))


def _head(clip: Footage, at: int, context: int) -> Given:
    count = min(context, len(clip))
    return Given(at, clip.frames[:count], 1.0, _part(clip, 0, count))


def _part(clip: Footage, start: int, stop: int) -> Source | None:
    """The source of frames start..stop of the clip."""
    return clip.source and replace(clip.source, start=clip.source.start + start, stop=clip.source.start + stop)
