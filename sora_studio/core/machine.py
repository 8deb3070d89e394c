"""What a machine has to make clips with, as its worker found it: numbers and names, no library."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["cuda", "rocm", "mps", "cpu"]


@dataclass(frozen=True, slots=True)
class Device:
    """A graphics card, or the processor with the machine's memory.

    `total` and `free` are bytes; what the worker itself holds counts as free, since it gives that up for another model.
    `bf16` says whether it is quick at bf16 (not only able to), `fp8` whether it computes with 8-bit floating point.
    `rate` is how many operations a second a large matrix product took in the better format; 0 when it is not known.
    """

    kind: Kind
    name: str
    total: int
    free: int
    bf16: bool = False
    fp8: bool = False
    rate: float = 0.0

    @property
    def is_card(self) -> bool:
        """Whether it has memory apart from the processor's: not so on Apple silicon."""
        return self.kind in ("cuda", "rocm")


@dataclass(frozen=True, slots=True)
class Machine:
    """The processor, the cards in the order of their numbers, the libraries that make weights smaller, the kernels for
    attention that are here (`speed.ATTENTIONS`), and whether blocks can be compiled for the device."""

    processor: Device
    cards: tuple[Device, ...] = ()
    quantisers: tuple[str, ...] = ()
    attentions: tuple[str, ...] = ()
    compiles: bool = False

    @property
    def device(self) -> Device:
        """Where clips are made: the first card if there is one."""
        return self.cards[0] if self.cards else self.processor


def machine_data(machine: Machine) -> dict[str, Any]:
    """A machine as JSON data."""
    return asdict(machine)


def machine_from(data: dict[str, Any]) -> Machine:
    """The machine of `machine_data`. Raises KeyError or TypeError for other data."""
    cards = tuple(Device(**card) for card in data["cards"])
    here = tuple(data["quantisers"]), tuple(data["attentions"]), data["compiles"]
    return Machine(Device(**data["processor"]), cards, *here)
