"""The engines that only enlarge clips, as data: they are never chosen as a model, a clip is upscaled with them."""

from __future__ import annotations

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.language import mark
from sora_studio.core.time import Rate, Size

LARGEST = Size(3840, 2160)
"""As many pixels come out at most: beyond them files can hardly be played."""


def _span(by: int, title: str) -> Capabilities:
    return Capabilities(
        engine=f"span-x{by}",
        title=title,
        description=mark("Makes a clip larger and keeps to what it shows."),
        frame_step=1,
        size_step=1,
        window=1,  # frames know nothing of each other, and one at a time needs least memory
        overlap=0,
        rate=Rate(8),
        places="any",
        partial=False,
        wrap=False,
        sizes=(LARGEST,),
        max_pixels=LARGEST.width * LARGEST.height,
        steps=1,
        guidance=0.0,
        prompt_tokens=0,
        negative=False,
        enlarges=by,
    )


UPSCALERS = {2: _span(2, mark("SPAN, twice the size")), 4: _span(4, mark("SPAN, four times the size"))}
"""By how many times as wide and as high they make a clip."""


def upscaler(by: int) -> Capabilities:
    """The engine that makes clips `by` times as wide and as high; raises BadInput when there is none."""
    if by not in UPSCALERS:
        raise BadInput("A clip is upscaled 2 or 4 times, not {by}.", by=by)
    return UPSCALERS[by]


def upscaler_called(name: str) -> Capabilities | None:
    """The engine of that name, if it is one that only enlarges."""
    return next((caps for caps in UPSCALERS.values() if caps.engine == name), None)
