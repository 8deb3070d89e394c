"""A job's folder of kept latents: one file a window, the newest. A run that ended before its time goes on from there.

What a finished window left, decoded, is that window again, so nothing that was made is made twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sora_studio.core.engine import Latents
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.jobs.latents_file import Mark, Standing, read_latents, read_standing, write_latents
from sora_studio.jobs.protocol import plan_data
from sora_studio.jobs.windows import Plan
from sora_studio.weights.fingerprint import file_fingerprint

Remark = Callable[[str], None]
"""Takes a sentence for the artist."""


class KeptRun:
    """What a run of a plan keeps, and what an earlier one kept. Nothing that goes wrong here ends the run: it is said,
    once."""

    def __init__(self, folder: Path, plan: Plan, weights: str, remark: Remark) -> None:
        self._folder, self._plan = folder, plan
        self._digest = plan_digest(plan)
        self._weights = weights
        self._remark = remark
        self._said: set[str] = set()

    def latents(self, window: int, steps: int, seed: int) -> Latents | None:
        """Where window `window` goes on from; None when nothing fit was kept. What does not fit is removed."""
        path = self._file(window)
        if not path.is_file():
            return None
        try:
            latents = read_latents(path, self._mark(window, steps, seed))
        except BadInput as exc:
            self._say(str(exc))
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return latents if latents.step > 0 and (latents.final or latents.step < steps) else None

    def keep(self, window: int, steps: int, seed: int, latents: Latents) -> None:
        """Keep where a window stands in place of where it stood."""
        try:
            write_latents(self._file(window), latents, self._mark(window, steps, seed))
        except OSError as exc:
            self._say(
                tr(
                    "What is made cannot be kept on the way ({why}). Make room, or choose another folder.",
                    why=exc.strerror or exc,
                )
            )

    def _mark(self, window: int, steps: int, seed: int) -> Mark:
        request = self._plan.request
        return Mark(self._digest, request.engine, self._weights, window, len(self._plan.windows), seed, steps)

    def _file(self, window: int) -> Path:
        return _file(self._folder, window)

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._remark(text)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a job is that was kept: `step` of `steps` over all its windows; `final`: only decoding is left."""

    step: int
    steps: int
    final: bool
    bytes: int


def reached(folder: Path) -> Reached | None:
    """What lies in a job's folder, by the tables of its files; None when there is nothing to go on from."""
    found: list[Standing] = []
    for path in sorted(folder.glob("window-*.safetensors")):
        with contextlib.suppress(BadInput):
            found.append(read_standing(path))
    if not found:
        return None
    windows = found[0].mark.windows
    done = sum(one.mark.steps if one.final else one.step for one in found)
    final = len(found) == windows and all(one.final for one in found)
    return Reached(done, found[0].mark.steps * windows, final, folder_bytes(folder))


def holds(folder: Path, plan: Plan) -> bool:
    """Whether all windows of a plan lie in a folder, with nothing left to do but decoding."""
    digest = plan_digest(plan)
    for window in range(len(plan.windows)):
        try:
            standing = read_standing(_file(folder, window))
        except BadInput:
            return False
        if not standing.final or standing.mark.request != digest or standing.mark.window != window:
            return False
    return True


def folder_bytes(folder: Path) -> int:
    """Bytes of a folder's files; 0 when there are none."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def forget(folder: Path) -> None:
    """Remove what a job kept."""
    shutil.rmtree(folder, ignore_errors=True)


def copy_kept(source: Path, target: Path) -> None:
    """Let another job begin from what lies in a folder; what cannot be copied is made again."""
    with contextlib.suppress(OSError, shutil.Error):
        shutil.copytree(source, target, dirs_exist_ok=True)


def _file(folder: Path, window: int) -> Path:
    return folder / f"window-{window:04}.safetensors"


def plan_digest(plan: Plan) -> str:
    """What tells a plan from others: all that decides its pixels, given frames too."""
    data = plan_data(plan)
    del data["notes"]  # sentences, in the artist's language
    data["loras"] = [[file_fingerprint(Path(lora.path)), lora.weight] for lora in plan.request.loras]
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode())
    for given in plan.request.given:
        digest.update(given.digest().encode())
    return digest.hexdigest()
