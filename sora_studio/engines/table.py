"""The table in docs/engines.md, from what the engines declare: python -m sora_studio.engines.table docs/engines.md"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from sora_studio.core.capabilities import Capabilities
from sora_studio.engines.catalog import BUILT_IN, capabilities
from sora_studio.engines.families.known import FAMILIES

BEGIN, END = "<!-- table -->", "<!-- end of the table -->"

MEETS = {
    "any": "anywhere",
    "ends": "a first and a last picture",
    "start": "a first picture",
    "none": "nothing",
}
NEEDS = {"nothing": "", "start": "a first picture", "ends": "a first and a last picture"}

COLUMNS = (
    "Model",
    "learnt to meet",
    "holds",
    "needs",
    "kept in part",
    "sound",
    "weights",
    "at once",
    "sizes",
    "steps, guidance",
    "quicker by",
)


def kinds() -> Iterator[Capabilities]:
    """What each kind of engine can do, the built-in one first."""
    yield capabilities(BUILT_IN)
    for family in FAMILIES:
        yield from family.kinds.values()


def table() -> str:
    """A row for each kind, in Markdown."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *(_row(caps) for caps in kinds())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def renewed(document: str) -> str:
    """The document with its table as it should be. Raises ValueError when the marks around it are missing."""
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document has no {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{table()}{END}{tail}"


def _row(caps: Capabilities) -> tuple[str, ...]:
    other = {"none": "", "near": "", "any": " and any other"}[caps.other_sizes]
    return (
        caps.title,
        MEETS[caps.trained],
        "" if caps.trained == "any" else "all else",
        NEEDS[caps.needs],
        "learnt" if caps.partial_trained else "from noise",
        "with it" if caps.sound else "",
        "of phrases" if caps.emphasis else "",
        f"{caps.window} frames, {caps.rate.seconds(caps.window):.1f} s at {caps.rate}",
        ", ".join(map(str, caps.sizes)) + other,
        f"{caps.steps}, {caps.guidance:g}",
        ", ".join(_quicker(caps)),
    )


def _quicker(caps: Capabilities) -> Iterator[str]:
    """The speed settings that an engine honours."""
    if caps.step_cache:
        yield "step cache"
    if caps.compiles:
        yield "compiled blocks"
    if caps.attention != "fixed":
        yield {"plain": "attention", "masked": "attention (cuDNN)"}[caps.attention]


def main(arguments: list[str]) -> None:
    """Renew the table of the document that is named."""
    (path,) = map(Path, arguments)
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
