"""Where and in which number format an engine computes: the fastest that the machine has and the model stands."""

from __future__ import annotations

import functools
import time

import torch

WORTH = 1.2
"""How many times as fast bf16 must be to be chosen by measurement. With instructions for it, it is two to five times as
fast, without them slower than float32; so the measurement is not close, and a machine always chooses the same."""


def pick_device() -> torch.device:
    """The accelerator if there is one, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


@functools.cache
def pick_dtype(device: torch.device) -> torch.dtype:
    """bf16 where the device is quick at it, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if device.type == "mps":
        return torch.float32  # bf16 is missing before macOS 14, and the model is small
    return torch.bfloat16 if _cpu_is_quick_at_bf16() else torch.float32


def _cpu_is_quick_at_bf16() -> bool:
    """What the processor says of itself; where that is not known, a measurement of a few milliseconds."""
    ask = getattr(torch.cpu, "get_capabilities", None)
    known = ask() if ask is not None else {}
    if "avx512_bf16" in known:
        return bool(known["avx512_bf16"] or known.get("amx_bf16"))
    return _seconds(torch.float32) / _seconds(torch.bfloat16) >= WORTH


def _seconds(dtype: torch.dtype) -> float:
    """The best time of a matrix product of about the built-in model's shape."""
    left, right = torch.ones(256, 384, dtype=dtype), torch.ones(384, 1536, dtype=dtype)
    best = float("inf")
    for _ in range(8):
        start = time.perf_counter()
        torch.mm(left, right)
        best = min(best, time.perf_counter() - start)
    return best
