"""What the networks of a checkpoint weigh, counted from the tables of its files: nothing is loaded."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sora_studio.core.forecast import Part
from sora_studio.weights.headers import read_header

Shape = tuple[int, ...]

BLOCK = re.compile(r"^(.*?)\.(\d+)\.")
"""A tensor of a block: the name of the list it stands in, and its number. The outermost list counts."""


def part_of(name: str, files: Iterable[Path]) -> Part:
    """A network by the tables of its files. Raises BadInput for a file that is damaged."""
    shapes: dict[str, Shape] = {}
    fixed = 0.0
    for file in files:
        header = read_header(file)
        shapes.update({key: tensor.shape for key, tensor in header.tensors.items()})
        fixed = file.stat().st_size / max(1, header.parameters) if header.form == "gguf" else fixed
    return part_of_shapes(name, shapes, fixed)


def part_of_shapes(name: str, tensors: Mapping[str, Shape], fixed: float = 0.0) -> Part:
    """A network by the shapes of its tensors; `fixed` bytes of a number, where its file decides that."""
    sizes = {key: math.prod(shape) for key, shape in tensors.items()}
    blocks: Counter[tuple[str, str]] = Counter()
    for key, size in sizes.items():
        if found := BLOCK.match(key):
            blocks[found.group(1), found.group(2)] += size
    largest = max(blocks.values(), default=0)
    width = _width(tensors.values())
    return Part(
        name,
        sum(sizes.values()),
        block=largest,
        leaf=max(sizes.values(), default=0),
        blocks=sum(2 * size > largest for size in blocks.values()),  # lists of small layers are none
        width=width,
        wide=max(_widened(set(tensors.values()), width), default=0),
        fixed=fixed,
    )


def _widened(shapes: set[Shape], width: int) -> Iterator[int]:
    """The sides of layers that lead away from the stream and back to it."""
    for shape in shapes:
        if len(shape) == 2 and shape[1] == width and (width, shape[0]) in shapes and shape[0] != width:
            yield shape[0]


def _width(shapes: Iterable[Shape]) -> int:
    """The side of the stream that all layers read and write: one that most matrices have. Of two streams side by side,
    a clip's and its sound's, it is the wider one."""
    sides = Counter(side for shape in shapes if len(shape) == 2 for side in shape)
    most = max(sides.values(), default=0)
    return max((side for side, count in sides.items() if 2 * count >= most), default=0)
