"""What this machine has, asked of torch: in the worker, since the window never imports it."""

from __future__ import annotations

import functools
import importlib.util
import platform
import time
from collections.abc import Iterator

import psutil
import torch

from sora_studio.core.machine import Device, Kind, Machine
from sora_studio.core.speed import ATTENTIONS
from sora_studio.engines.precision import pick_dtype

QUANTISERS = ("torchao", "bitsandbytes")
"""Libraries through which diffusers makes weights smaller while they are loaded."""
SIDE, TRIES = 1024, 4
"""Of the matrix product that tells how fast a device is: a few milliseconds."""


def probe() -> Machine:
    """The machine as it is now. What this process holds counts as free."""
    cards = tuple(_cards())
    kind = cards[0].kind if cards else "cpu"
    libraries = {name: one.library for name, one in ATTENTIONS.items() if kind in one.kinds}
    attentions = (name for name, library in libraries.items() if not library or _has(library))
    compiles = kind in ("cuda", "rocm") and _has("triton")
    return Machine(_processor(), cards, tuple(filter(_has, QUANTISERS)), tuple(attentions), compiles)


def _has(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def _cards() -> Iterator[Device]:
    if torch.cuda.is_available():
        kind: Kind = "rocm" if torch.version.hip else "cuda"
        for index in range(torch.cuda.device_count()):
            card = torch.device("cuda", index)
            free, total = torch.cuda.mem_get_info(card)
            yield Device(
                kind,
                torch.cuda.get_device_name(card),
                total,
                free + torch.cuda.memory_reserved(card),
                bf16=pick_dtype(card) is torch.bfloat16,
                fp8=_has_fp8(card),
                rate=_rate(card),
            )
    elif torch.backends.mps.is_available():
        card = torch.device("mps")
        memory = psutil.virtual_memory()
        most = torch.mps.recommended_max_memory()
        free = min(most, memory.available + torch.mps.driver_allocated_memory())
        yield Device("mps", "Apple silicon", most, free, bf16=False, fp8=False, rate=_rate(card))


def _has_fp8(card: torch.device) -> bool:
    """Whether a card multiplies numbers of eight bits: Ada and later, and AMD's of the same age."""
    properties = torch.cuda.get_device_properties(card)
    if torch.version.hip:
        return properties.gcnArchName.startswith(("gfx94", "gfx95", "gfx12"))
    return (properties.major, properties.minor) >= (8, 9)


def _processor() -> Device:
    memory, mine = psutil.virtual_memory(), psutil.Process().memory_info().rss
    device = torch.device("cpu")
    return Device(
        "cpu",
        _processor_name(),
        memory.total,
        min(memory.total, memory.available + mine),
        bf16=pick_dtype(device) is torch.bfloat16,
        rate=_rate(device),
    )


def _processor_name() -> str:
    """As the system calls it; empty when it has no name."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as table:
            for line in table:
                name, _, value = line.partition(":")
                if name.strip() == "model name":
                    return value.strip()
    except OSError:
        pass
    return platform.processor()


@functools.cache
def _rate(device: torch.device) -> float:
    """Operations a second of a large matrix product, the best of a few; asked once, since it does not change."""
    left = torch.ones(SIDE, SIDE, dtype=pick_dtype(device), device=device)
    best = float("inf")
    for _ in range(TRIES):
        start = time.perf_counter()
        float(torch.mm(left, left)[0, 0])  # waits until it is there
        best = min(best, time.perf_counter() - start)
    return 2 * SIDE**3 / best
