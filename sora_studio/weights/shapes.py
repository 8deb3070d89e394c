"""What the networks of a checkpoint weigh, counted from the tables of its files: nothing is loaded."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from sora_studio.core.forecast import Part
from sora_studio.weights.headers import Tensor, read_header

BLOCK = re.compile(r"^(.*?)\.(\d+)\.")
"""A tensor of a block: the name of the list it stands in, and its number. The outermost list counts."""


def part_of(name: str, files: Iterable[Path]) -> Part:
    """A network by the tables of its files. Raises BadInput for a file that is damaged."""
    tensors: dict[str, Tensor] = {}
    fixed = 0.0
    for file in files:
        header = read_header(file)
        tensors.update(header.tensors)
        fixed = file.stat().st_size / max(1, header.parameters) if header.form == "gguf" else fixed
    sizes = {key: math.prod(tensor.shape) for key, tensor in tensors.items()}
    blocks: Counter[tuple[str, str]] = Counter()
    for key, size in sizes.items():
        if found := BLOCK.match(key):
            blocks[found.group(1), found.group(2)] += size
    largest = max(blocks.values(), default=0)
    shapes = {tensor.shape for tensor in tensors.values()}
    width = _width(tensors.values())
    return Part(
        name,
        sum(sizes.values()),
        block=largest,
        leaf=max(sizes.values(), default=0),
        blocks=sum(2 * size > largest for size in blocks.values()),  # lists of small layers are none
        width=width,
        wide=max(_widened(shapes, width), default=0),
        fixed=fixed,
    )


def _widened(shapes: set[tuple[int, ...]], width: int) -> Iterator[int]:
    """The sides of layers that lead away from the stream and back to it."""
    for shape in shapes:
        if len(shape) == 2 and shape[1] == width and (width, shape[0]) in shapes and shape[0] != width:
            yield shape[0]


def _width(tensors: Iterable[Tensor]) -> int:
    """The side that most matrices have: the stream that all layers read and write."""
    sides = Counter(side for tensor in tensors if len(tensor.shape) == 2 for side in tensor.shape)
    return max(sides, key=lambda side: (sides[side], side), default=0)
