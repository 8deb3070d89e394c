"""`python -m tests.fuzz --inputs 20000 --seed 1`: damaged files for every reader, and what became of them.

Ends with 1 when a reader crashed, hung, raised anything but a refusal, or refused without a sentence.
`--again "reader number"` shows one input of the same seed again, and leaves it in the folder that it names.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.pool import BAD, Tally, fuzz
from tests.fuzz.readers import READERS
from tests.fuzz.seeds import write_seeds
from tests.fuzz.serving import made, outcome, read_seeds

SHOWN = 12
"""Defects that are shown in full."""


def shared(inputs: int, only: list[str]) -> Iterator[tuple[str, int]]:
    """The inputs, spread over the readers by their weights and in turns."""
    names = only or list(READERS)
    total = sum(READERS[name].weight for name in names)
    counts = {name: max(1, round(inputs * READERS[name].weight / total)) for name in names}
    counts[names[0]] += inputs - sum(counts.values())
    for number in range(max(counts.values())):
        yield from ((name, number) for name in names if number < counts[name])


def table(tally: Tally) -> Iterator[str]:
    """The closing table."""
    columns = ("accepted", "refused", *BAD)
    yield f"{'reader':<16}" + "".join(f"{name:>11}" for name in columns)
    for name, counts in (*tally.counts.items(), ("all", tally.total)):
        yield f"{name:<16}" + "".join(f"{counts[column]:>11}" for column in columns)


def again(key: str, seed: str) -> int:
    """Read one input in this process."""
    name, number = key.split()
    folder = Path(tempfile.mkdtemp(prefix="sora-fuzz-"))
    write_seeds(folder / "seeds")
    about = made(read_seeds(folder / "seeds" / name), f"{seed}:{name}:{number}", folder / "input")
    print(f"{about} in {folder / 'input'}")
    said, text = outcome(READERS[name], folder / "input")
    print(f"{said}\n{text}")
    return int(said in BAD)


def main() -> int:
    """Run, show, and say whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", action="append", default=[], choices=list(READERS), help="one reader")
    parser.add_argument("--again", metavar="“READER NUMBER”")
    options = parser.parse_args()
    if options.again:
        return again(options.again, options.seed)
    since = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sora-fuzz-") as folder:
        tally = fuzz(Path(folder), shared(options.inputs, options.only), options.seed)
    kinds: dict[str, int] = {}
    for said, key, about, text in tally.defects:
        kind = f"{said} {text.strip().splitlines()[-1][:80]}"
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] == 1 and len(kinds) <= SHOWN:
            print(f"--- {said}: {key} ({about})\n{text[-1800:]}")
    print(*table(tally), sep="\n")
    total = tally.total
    print(f"{total.total()} inputs in {time.monotonic() - since:.0f} s, {sum(total[bad] for bad in BAD)} defects")
    return int(bool(tally.defects))


if __name__ == "__main__":
    sys.exit(main())
