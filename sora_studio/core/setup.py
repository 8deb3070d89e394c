"""How a model is run on a machine: one value that decides what lies where, in which numbers, and what is done to be
quicker, never what is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from sora_studio.core.language import listed, mark, tr
from sora_studio.core.open_model import LAYOUTS
from sora_studio.core.speed import Speed, speed_from

Where = Literal["card", "processor"]
Precision = Literal["bf16", "fp32"]
Quantised = Literal["none", "int8", "nf4"]
Offload = Literal["none", "model", "group", "leaf"]
Stage = Literal["load", "encode", "step", "decode"]
"""What a run is at: weights come into memory, words and given pictures become numbers, the clip is denoised, it becomes
pictures."""
STAGES: dict[Stage, str] = {
    "load": mark("while the model was loaded"),
    "encode": mark("while the words and pictures were read"),
    "step": mark("in the middle of a step"),
    "decode": mark("while the pictures were decoded"),
}

OFFLOADS: dict[Offload, str] = {
    "none": LAYOUTS["whole"],
    "model": LAYOUTS["offload"],
    "group": LAYOUTS["blocks"],
    "leaf": mark("one layer on the card at a time"),
}
QUANTISED: dict[Quantised, str] = {
    "none": "",
    "int8": mark("weights of 8 bits, which changes the picture a little"),
    "nf4": mark("weights of 4 bits, which changes the picture"),
}
LIBRARIES: dict[Quantised, str] = {"int8": "torchao", "nf4": "bitsandbytes"}
"""What must be installed for it."""


@dataclass(frozen=True, slots=True)
class Setup:
    """`quantised` weights are made smaller while they are loaded; `offload` says what of the model lies on the card at
    once, the rest waits in memory; with `tiles` pictures are decoded piece by piece. `speed` is what the artist chose
    to have it quicker."""

    where: Where = "processor"
    precision: Precision = "fp32"
    quantised: Quantised = "none"
    offload: Offload = "none"
    tiles: bool = False
    speed: Speed = Speed()

    def __post_init__(self) -> None:
        known = (self.where in get_args(Where), self.precision in get_args(Precision), self.offload in OFFLOADS)
        if not all(known) or self.quantised not in QUANTISED:
            raise ValueError(f"no setup: {self}")

    @property
    def lossless(self) -> bool:
        """Whether the numbers are those that the model was made with."""
        return self.quantised == "none"

    @property
    def name(self) -> str:
        """A short name for files, one for each setup."""
        tiles = "tiles" if self.tiles else "whole"
        return "-".join((self.where, self.precision, self.quantised, self.offload, tiles, *self.speed.names))

    def alike(self, name: str) -> bool:
        """Whether the setup of a name computes at the same place, with the same done to be quicker."""
        parts = name.split("-", 5)  # five of the setup's own, then the speed's
        return parts[0] == self.where and "".join(parts[5:]) == "-".join(self.speed.names)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Memory ran out at a stage of a run in some setup."""

    stage: Stage
    setup: Setup


def setup_data(setup: Setup) -> dict[str, Any]:
    """A setup as JSON data."""
    return asdict(setup)


def setup_from(data: object) -> Setup | None:
    """The setup of `setup_data`; None for anything else."""
    try:
        return setup_of(data) if isinstance(data, dict) else None
    except (TypeError, ValueError):
        return None


def setup_of(data: dict[str, Any]) -> Setup:
    """The setup of `setup_data`, also of a time when there were no speed settings. Raises TypeError or ValueError for
    other data."""
    speed = speed_from(data["speed"]) if "speed" in data else Speed()
    if speed is None or not isinstance(data.get("tiles"), bool):
        raise ValueError("no setup")
    return Setup(**{**data, "speed": speed})


def shortage_data(shortage: Shortage) -> dict[str, Any]:
    """A shortage as JSON data."""
    return asdict(shortage)


def shortage_from(data: object) -> Shortage | None:
    """The shortage of `shortage_data`; None for anything else."""
    if not isinstance(data, dict) or data.get("stage") not in STAGES:
        return None
    setup = setup_from(data.get("setup"))
    return None if setup is None else Shortage(data["stage"], setup)


def in_words(setup: Setup) -> str:
    """A setup in the artist's language, without a full stop."""
    parts = [tr("on the processor")] if setup.where == "processor" else [tr(OFFLOADS[setup.offload])]
    if setup.quantised != "none":
        parts.append(tr(QUANTISED[setup.quantised]))
    if setup.tiles:
        parts.append(tr("decoded in tiles"))
    if setup.precision == "fp32" and setup.where == "card":
        parts.append(tr("numbers of 32 bits"))
    return listed(parts)


@dataclass(frozen=True, slots=True)
class StepDown:
    """A setup that needs less memory than another, and what is done for it, as an order: “Decode in tiles”."""

    setup: Setup
    words: str
    changes: bool = False
    """Whether the picture becomes another one."""


def steps_down(setup: Setup, stage: Stage, quantisers: tuple[str, ...], *, bf16: bool) -> tuple[StepDown, ...]:
    """What can be done when memory ran out at a stage, the mildest first. `bf16` says whether the device is quick at
    numbers of 16 bits."""
    found = []
    if stage == "decode" and not setup.tiles:
        found.append(StepDown(replace(setup, tiles=True), tr("Decode in tiles")))
    if setup.where == "card":
        order = list(OFFLOADS)
        for further in order[order.index(setup.offload) + 1 :]:
            found.append(StepDown(replace(setup, offload=further, tiles=True), tr(_MOVES[further])))
    if setup.precision == "fp32" and bf16:
        found.append(StepDown(replace(setup, precision="bf16"), tr("Calculate with 16 bits"), changes=True))
    if setup.where == "card":
        sizes = list(QUANTISED)
        for size in sizes[sizes.index(setup.quantised) + 1 :]:
            if LIBRARIES[size] in quantisers:
                # moved about as well, since it is the last resort
                least = replace(setup, quantised=size, offload="model" if size == "nf4" else setup.offload, tiles=True)
                found.append(StepDown(least, tr(_SHRINKS[size]), changes=True))
    return tuple(found)


_MOVES: dict[Offload, str] = {
    "model": mark("Move the model to the card part by part"),
    "group": mark("Move the model to the card block by block"),
    "leaf": mark("Move the model to the card layer by layer (slow)"),
}
_SHRINKS: dict[Quantised, str] = {
    "int8": mark("Make the weights smaller (8 bits)"),
    "nf4": mark("Make the weights smaller (4 bits)"),
}
