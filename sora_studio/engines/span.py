"""The engine that enlarges clips: each given frame goes through SPAN by itself, in tiles if it is large."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.engine import Control, EngineEvent, Finished, Preview, Progress, RunsIn, Window
from sora_studio.core.errors import Cancelled, EngineError
from sora_studio.core.resources import resource
from sora_studio.core.setup import Setup
from sora_studio.engines.precision import pick_device, pick_dtype
from sora_studio.engines.shortage import give_back
from sora_studio.model.span import REACH, SPAN
from sora_studio.weights.fingerprint import file_fingerprint

TILE = 448
"""Longest side in pixels of what goes through the network at once: it takes half a gigabyte, and a cancellation is
heard soon."""
PREVIEW_SIDE = 512
PREVIEW_SECONDS = 0.3
"""Between two previews at least: a small clip's frames are finished faster than they could be watched."""


class SpanEngine:
    """Weights that ship, on the fastest device there is. The same frames give the same frames."""

    def __init__(self, known: Capabilities) -> None:
        self._capabilities = known
        self._net: SPAN | None = None
        self._shown = 0.0

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can do; known without loading weights."""
        return self._capabilities

    @property
    def weights(self) -> str:
        """What tells its file from others."""
        return file_fingerprint(self._file())

    def load(self, setup: Setup | None = None) -> None:
        """Bring the weights into memory. Raises EngineError when they are missing or damaged."""
        del setup  # it is small enough for every machine
        path, device = self._file(), pick_device()
        try:
            net = SPAN(self._capabilities.enlarges)
            net.load_state_dict(load_file(path))
        except (OSError, RuntimeError, SafetensorError) as exc:
            raise EngineError(
                "The weights in {file} could not be loaded. Install Sora Studio again.", file=path
            ) from exc
        net.to(device, pick_dtype(device)).eval()
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d):  # a fifth quicker so, as pictures lie anyhow
                layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last)
        # what the last convolution gives is the picture: rounded to bf16 its brightest levels would be two apart
        net.out.float()
        net.mean = net.mean.float()
        self._net = net

    def unload(self) -> None:
        """Give the memory back."""
        self._net = None
        give_back()

    def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
        """Enlarge the frames that a window is given. Raises Cancelled within a tile of `control.cancelled()` turning
        true."""
        if self._net is None:
            self.load()
        net = self._net
        assert net is not None
        if window.index == 0:
            yield RunsIn(_setup_of(net))
        (given,) = window.given
        frames = []
        for number, picture in enumerate(given.frames, 1):
            frames.append(enlarge(net, picture, control.cancelled))
            yield Progress(number, len(given), "enlarging")
            if control.preview_share > 0 and time.monotonic() - self._shown >= PREVIEW_SECONDS:
                self._shown = time.monotonic()
                yield Preview(number, len(given), _small(frames[-1])[None], number - 1)
        yield Finished(np.stack(frames))

    def _file(self) -> Path:
        return resource("upscaling", f"{self._capabilities.engine}.safetensors")


@torch.inference_mode()
def enlarge(net: SPAN, picture: np.ndarray, cancelled: Callable[[], bool], tile: int = TILE) -> np.ndarray:
    """A picture (H, W, 3) uint8 enlarged, (scale H, scale W, 3) uint8: in tiles that see as far beyond their edges as
    the network looks, so that none shows. Raises Cancelled between them."""
    height, width = picture.shape[:2]
    scale = net.scale
    device = net.mean.device
    whole = torch.from_numpy(np.array(picture)).to(device).permute(2, 0, 1)[None]  # (1, 3, H, W)
    out = torch.empty((scale * height, scale * width, 3), dtype=torch.uint8)
    for top, bottom in _stretches(height, tile):
        for left, right in _stretches(width, tile):
            if cancelled():
                raise Cancelled("The work was stopped.")
            above, before = max(0, top - REACH), max(0, left - REACH)
            part = whole[:, :, above : bottom + REACH, before : right + REACH].float() / 255  # (1, 3, h, w)
            made = net(part.contiguous(memory_format=torch.channels_last))[0]  # (3, scale h, scale w)
            made = made[:, scale * (top - above) :, scale * (left - before) :]
            made = made[:, : scale * (bottom - top), : scale * (right - left)]
            levels = (made * 255).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0)
            out[scale * top : scale * bottom, scale * left : scale * right] = levels.cpu()
    return out.numpy()


def _stretches(length: int, longest: int) -> list[tuple[int, int]]:
    """First and last+1 of stretches of about one length that cover 0..length-1."""
    count = -(-length // longest)
    edges = [length * place // count for place in range(count + 1)]
    return list(pairwise(edges))


def _small(frame: np.ndarray) -> np.ndarray:
    """A frame (H, W, 3) as small as previews are."""
    by = -(-max(frame.shape[:2]) // PREVIEW_SIDE)
    if by == 1:
        return frame
    pixels: Tensor = torch.from_numpy(frame).permute(2, 0, 1).float()  # (3, H, W)
    small = torch.nn.functional.avg_pool2d(pixels, by)  # (3, H / by, W / by)
    return small.round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()


def _setup_of(net: SPAN) -> Setup:
    """Where it runs, and in which numbers."""
    weight = net.head.weight
    return Setup(
        "processor" if weight.device.type == "cpu" else "card", "bf16" if weight.dtype == torch.bfloat16 else "fp32"
    )
