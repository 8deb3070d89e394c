"""A process that reads damaged files; its arguments are the folder of the seeds, one for its input, and the seed.

It takes lines “reader number” and answers each with one line of JSON. What it dies of, or never answers, its owner
notices. Memory is bounded, so that a file that asks for all of it is found out.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sora_studio.core.errors import StudioError
from tests.fuzz.mutations import mutated

MEMORY = 4 * 2**30
"""Bytes that reading a file of some kilobytes may never need."""


GIVEN = "given"
"""What lies in a folder of this name is there for the reader, and stays whole."""


@dataclass(frozen=True)
class Reader:
    """`weight` is its share of the inputs: more for what comes from strangers and takes little time."""

    read: Callable[[Path], object]
    weight: int = 1


@dataclass(frozen=True)
class Seed:
    """A valid input: its files, and which of them are damaged."""

    name: str
    files: dict[str, bytes]

    @property
    def damaged(self) -> list[str]:
        return [name for name in self.files if not name.startswith(f"{GIVEN}/")]


def read_seeds(folder: Path) -> list[Seed]:
    """The seeds of a reader."""
    return [
        Seed(one.name, {path.relative_to(one).as_posix(): path.read_bytes() for path in _files(one)})
        for one in sorted(folder.iterdir())
    ]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def made(seeds: list[Seed], key: str, folder: Path) -> str:
    """Write the input of a key into an empty folder: a valid seed with one file of it damaged. Returns its name."""
    rng = Random(key)
    seed = rng.choice(seeds)
    name = rng.choice(sorted(seed.damaged))
    other = rng.choice(seeds).files.get(name) or rng.choice(list(rng.choice(seeds).files.values()))
    shutil.rmtree(folder, ignore_errors=True)
    for file, data in seed.files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(mutated(file, data, other, rng) if file == name else data)
    return f"{seed.name}/{name}"


def outcome(reader: Reader, folder: Path) -> tuple[str, str]:
    """What became of an input, and the words or the trace of it."""
    try:
        reader.read(folder)
    except StudioError as exc:
        text = str(exc)
        sentence = len(text.split()) >= 4 and text.rstrip("”").endswith((".", ".)", "?"))
        return ("refused" if sentence else "speechless"), text[:2000]
    except BaseException:  # noqa: BLE001 - what is looked for; panics of Rust are no Exception
        return "broken", traceback.format_exc()[-4000:]
    return "accepted", ""


def serve(readers: Mapping[str, Reader]) -> None:
    """Answer lines until there are no more."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seeds_folder, scratch, seed = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    seeds = {name: read_seeds(seeds_folder / name) for name in readers if (seeds_folder / name).is_dir()}
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    with contextlib.suppress(BrokenPipeError):
        print("ready", file=answers, flush=True)
        for line in sys.stdin:
            name, number = line.split()
            about = made(seeds[name], f"{seed}:{name}:{number}", scratch)
            said, text = outcome(readers[name], scratch)
            print(json.dumps([said, about, text]), file=answers, flush=True)
