"""How a clip was run when it was made, as its recipe says it, and how near a machine comes to that.

Only what shapes the frames is told: where parts of a model wait changes no number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sora_studio.core.fitting import Fit, best
from sora_studio.core.language import listed, mark, tr
from sora_studio.core.quicker import speed_of
from sora_studio.core.recipe import Recipe
from sora_studio.core.setup import Precision, Quantised, Setup, setup_data, setup_from
from sora_studio.core.speed import title

KEY = "made_in"
"""The field of a recipe."""

_SMALLER: dict[Quantised, str] = {"none": "", "int8": mark("8-bit weights"), "nf4": mark("4-bit weights")}
_BITS: dict[Precision, int] = {"bf16": 16, "fp32": 32}


@dataclass(frozen=True, slots=True)
class Near:
    """The setup of a machine that comes nearest to the one a clip was made in, and sentences about what it lacks."""

    setup: Setup
    remarks: tuple[str, ...] = ()


def told(recipe: Recipe, setup: Setup) -> Recipe:
    """The recipe with how its clip was run."""
    data = setup_data(setup)
    del data["offload"]
    return {**recipe, KEY: data}


def manner_of(recipe: Recipe) -> Setup | None:
    """How a recipe's clip was run; None when it does not say so, as those of earlier versions."""
    return setup_from(recipe.get(KEY))


def manner_in_words(setup: Setup) -> str:
    """What was done to the model that changes its pictures, in the artist's language; empty when nothing was."""
    return ", ".join(_named(setup.quantised, setup.speed.names))


def nearest(wanted: Setup, found: tuple[Fit, ...], offered: tuple[str, ...]) -> Near:
    """The nearest of all setups of a machine, on which the `offered` speed settings can be used."""
    alike = tuple(one for one in found if one.setup.quantised == wanted.quantised)
    missing = tuple(name for name in wanted.speed.names if name not in offered)
    if wanted.lossless or not alike:
        one = best(alike or found)
    else:
        one = next((one for one in alike if one.verdict != "too large"), alike[0])
    speed = speed_of(tuple(name for name in wanted.speed.names if name in offered))
    remarks = []
    if lacks := _named("none" if alike else wanted.quantised, missing):
        remarks.append(tr("It was made with what this machine does not have: {names}.", names=listed(lacks)))
    if one.setup.precision != wanted.precision:
        remarks.append(
            tr(
                "It was made with numbers of {theirs} bits, here they have {ours}: details will differ.",
                theirs=_BITS[wanted.precision],
                ours=_BITS[one.setup.precision],
            )
        )
    return Near(replace(one.setup, speed=speed), tuple(remarks))


def _named(quantised: Quantised, speeds: tuple[str, ...]) -> list[str]:
    return [*filter(None, [tr(_SMALLER[quantised]) if quantised != "none" else ""]), *map(title, speeds)]
