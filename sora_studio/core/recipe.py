"""A Request as plain JSON data (the recipe that travels in a file's metadata) and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sora_studio.core.errors import BadInput
from sora_studio.core.request import Frames, Given, Lora, PromptAt, Request, Source
from sora_studio.core.time import Rate, Size

FORMAT = "sora-studio/recipe"
VERSION = 1

Recipe = dict[str, Any]
"""JSON-able data as made by `to_recipe`."""


def to_recipe(request: Request) -> Recipe:
    """The request as JSON data. Given frames are named by their source and digest, their pixels stay where they are."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "prompt": request.prompt,
        "negative": request.negative,
        "size": [request.size.width, request.size.height],
        "length": request.length,
        "rate": [request.rate.num, request.rate.den],
        "given": [_given(given) for given in request.given],
        "wrap": request.wrap,
        "seed": request.seed,
        "steps": request.steps,
        "guidance": request.guidance,
        "engine": request.engine,
        "loras": [[lora.path, lora.weight] for lora in request.loras],
        "look": request.look,
        "words": request.words,
        "prompts": [[later.at, later.prompt] for later in request.prompts],
    }


def from_recipe(data: object, load: Callable[[Source], Frames]) -> Request:
    """The Request of a recipe; `load` brings the frames of a source. Raises BadInput for anything that is no recipe."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BadInput("This is not a recipe of Sora Studio.")
    if data.get("version") != VERSION:
        raise BadInput(
            "The recipe has version {version}, this program reads {known}. Update the studio.",
            version=data.get("version"),
            known=VERSION,
        )
    try:
        return Request(
            prompt=str(data["prompt"]),
            negative=str(data["negative"]),
            size=Size(*(int(side) for side in data["size"])),
            length=int(data["length"]),
            rate=Rate(*(int(part) for part in data["rate"])),
            given=tuple(_load_given(item, load) for item in data["given"]),
            wrap=bool(data["wrap"]),
            seed=int(data["seed"]),
            steps=int(data["steps"]),
            guidance=float(data["guidance"]),
            engine=str(data["engine"]),
            loras=tuple(Lora(str(path), float(weight)) for path, weight in data["loras"]),
            look=str(data.get("look", "")),
            words=str(data.get("words", "")),
            prompts=tuple(PromptAt(int(at), str(prompt)) for at, prompt in data.get("prompts", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as exc:
        raise BadInput("The recipe is damaged: {why!r}. Make the clip again from its prompt.", why=exc) from exc


ENLARGED = "enlarged"
"""What the field `result` of a recipe says of a clip that was enlarged."""


def generated_from(recipe: object) -> Recipe | None:
    """What the pictures of a recipe's clip were generated from: of an enlarged clip what the smaller one was, so that
    it is varied and made again from there; None when that was footage."""
    while isinstance(recipe, dict) and recipe.get("result") == ENLARGED:
        recipe = recipe.get("before")
    return recipe if isinstance(recipe, dict) else None


def own_words(recipe: Recipe) -> str:
    """The artist's own words, without phrases and look; a recipe from before they were kept gives its whole prompt."""
    return str(recipe.get("words", recipe.get("prompt", "")))


def source_data(source: Source | None) -> dict[str, Any] | None:
    """A source as JSON data."""
    if source is None:
        return None
    rate = source.rate and [source.rate.num, source.rate.den]
    data: dict[str, Any] = {"path": source.path, "start": source.start, "stop": source.stop, "rate": rate}
    return {**data, "palette": source.palette} if source.palette else data


def _given(given: Given) -> dict[str, Any]:
    return {
        "at": given.at,
        "count": len(given),
        "strength": given.strength,
        "source": source_data(given.source),
        "sha256": given.digest(),
    }


def _load_given(item: dict[str, Any], load: Callable[[Source], Frames]) -> Given:
    data = item["source"]
    if data is None:
        raise BadInput("The recipe was made from frames that were never a file, so it cannot be run again from here.")
    rate = data.get("rate")
    source = Source(
        str(data["path"]),
        int(data["start"]),
        int(data["stop"]),
        Rate(*(int(part) for part in rate)) if rate else None,
        str(data.get("palette", "")),
    )
    return Given(int(item["at"]), load(source), float(item["strength"]), source)
