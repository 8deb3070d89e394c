"""What a model is going to need, said before it is fetched: by how its parts are laid out, on any card."""

from __future__ import annotations

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.forecast import Networks, Run, forecast
from sora_studio.core.machine import Device, Machine
from sora_studio.core.open_model import Layout, Need
from sora_studio.core.setup import Offload, Setup

LAYOUTS: dict[Layout, Offload] = {"whole": "none", "offload": "model", "blocks": "group", "layers": "leaf"}
_ANY = Machine(Device("cpu", "", 0, 0), (Device("cuda", "", 0, 0, bf16=True),))
"""Bytes are the same on every card with CUDA; times, which differ, are not asked for."""


def usual_run(caps: Capabilities) -> Run:
    """What counts of a clip in an engine's own size, length and steps."""
    size = caps.sizes[0]
    return Run(size.width, size.height, caps.window, caps.steps, guided=caps.guidance > 1)


def needs_of(networks: Networks, run: Run) -> tuple[Need, ...]:
    """What a run needs in 16 bits, by layout, the quickest first."""
    found = []
    for layout, offload in LAYOUTS.items():
        setup = Setup("card", "bf16", offload=offload, tiles=offload in ("group", "leaf"))
        needs = forecast(networks, run, _ANY, setup)
        found.append(Need(layout, needs.card, ram_bytes=needs.ram))
    return tuple(found)
