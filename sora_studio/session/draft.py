"""What the inspector holds and every generating verb reads: the artist's words and choices, before they meet media."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.looks import Look
from sora_studio.core.phrasing import Phrase, compose
from sora_studio.core.request import MAX_PROMPT, Lora, Request
from sora_studio.core.time import Size
from sora_studio.core.wildcards import expand
from sora_studio.session.lookbook import shared_book
from sora_studio.session.wordlists import read_list
from sora_studio.settings.sections import Generation


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A picture or video that stands at `at` seconds of a new clip, kept to `strength` (0..1)."""

    at: float
    path: Path
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """Choices for the next generation.

    `look` is a name or empty; `seed` None draws one. `first`, `last` and `video` are files that `generate` starts from,
    `given` more of them at any time; `strength` (0..1) is how much of a clip a restyle keeps. `size` counts for what is
    made from nothing: verbs on a clip take the engine's size nearest to the clip's shape, unless `size_fixed` insists.
    """

    prompt: str = ""
    negative: str = ""
    look: str = ""
    seed: int | None = None
    size: Size = Size(192, 112)
    seconds: float = 2.1
    steps: int = 24
    guidance: float = 5.0
    engine: str = "sora"
    loop: bool = False
    first: Path | None = None
    last: Path | None = None
    video: Path | None = None
    strength: float = 0.6
    size_fixed: bool = False
    given: tuple[Keyframe, ...] = ()
    loras: tuple[Lora, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    """What the prompt helper adds to the artist's words, as it is shown."""


def draft_of(defaults: Generation) -> Draft:
    """The draft a new window or command starts from."""
    return Draft(
        engine=defaults.engine,
        seconds=defaults.seconds,
        size=Size.parse(defaults.size),
        steps=defaults.steps,
        guidance=defaults.guidance,
    )


def base_request(draft: Draft, caps: Capabilities, size: Size) -> Request:
    """The request without its length and given frames: words in the chosen look, wildcards as the seed decides, the
    engine's rate."""
    if len(draft.prompt) > MAX_PROMPT:
        raise BadInput(
            "The prompt is longer than {most} characters. Shorten it to what the picture needs.", most=MAX_PROMPT
        )
    for lora in draft.loras:
        if not os.path.isfile(lora.path):
            raise BadInput(
                "The LoRA “{name}” is missing. Choose its file again, or remove it.", name=Path(lora.path).name
            )
    seed = new_seed() if draft.seed is None else draft.seed
    words, negative = (expand(text.strip(), seed, read_list) for text in (draft.prompt, draft.negative))
    look = chosen_look(draft)
    return Request(
        prompt=_sent(words, draft, look),
        negative=", ".join(filter(None, (negative, look.negative if look else ""))),
        size=size,
        rate=caps.rate,
        seed=seed,
        steps=draft.steps,
        guidance=draft.guidance,
        engine=caps.engine,
        loras=(*draft.loras, *_loras(look)),
        look=look.name if look else "",
        words=words,
    )


def sent_prompt(draft: Draft) -> str:
    """Word for word what is sent to the engine; wildcards are decided where a seed is. Raises BadInput as they do."""
    words = draft.prompt if draft.seed is None else expand(draft.prompt.strip(), draft.seed, read_list)
    return _sent(words, draft, chosen_look(draft))


def chosen_look(draft: Draft) -> Look | None:
    """The look of a draft; raises BadInput when there is none of that name any more."""
    return shared_book().find(draft.look) if draft.look else None


def _sent(words: str, draft: Draft, look: Look | None) -> str:
    words = compose(words, draft.phrases)
    return look.apply(words) if look else words


def _loras(look: Look | None) -> tuple[Lora, ...]:
    """The LoRA files of a look; raises BadInput when one is gone."""
    if look is None:
        return ()
    for lora in look.loras:
        if not os.path.isfile(lora.path):
            name = Path(lora.path).name
            raise BadInput(
                "The LoRA “{name}” of the look “{title}” is missing. Choose its file in Edit look.",
                name=name,
                title=tr(look.title),
            )
    return look.loras


def new_seed() -> int:
    """A seed that was not used before; short enough to read out."""
    return secrets.randbelow(2**31)


def nearest_size(caps: Capabilities, shape: Size) -> Size:
    """The engine's size whose shape is nearest to `shape`."""
    return min(caps.sizes, key=lambda size: max(size.aspect / shape.aspect, shape.aspect / size.aspect))
