"""What our engine costs beside a plain script with diffusers, without and with previews:

    OMP_NUM_THREADS=1 python -m tests.engines.overhead [family ...] [--rounds N] [--quick]

Each family's random checkpoint gets a wider and deeper transformer, so that a clip takes seconds, as a share of which
the cost can be measured. All ways make the same clip from models that are in memory, in turns. An engine's run
is that of a job: it also writes where it stands to the disk. The processor's time of the whole process is the one to
look at where other programs are at work; all is made on the processor.

The script is run twice in each round. What its second run takes beside its first one is noise, and is printed as a way
of its own: an overhead says something when it stands out of that. `--quick` makes shorter clips in fewer rounds."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from PIL import Image

from sora_studio.core.engine import Control, Engine, Finished, Latents, Preview, Window, never
from sora_studio.core.request import Given, Request
from sora_studio.core.time import Size
from sora_studio.engines import load_engine
from sora_studio.engines.families.known import find
from sora_studio.jobs.latents_file import Mark, write_latents
from tests.engines.checkpoints import build
from tests.engines.script import asked, assert_same, loaded, made

WAYS = ("script", "the script again", "without previews", "with previews")
ROUNDS, QUICK, QUICK_STEPS = 5, 2, 10
BARS = {"without previews": 0.03, "with previews": 0.10}
"""The most that each may cost, as a share of the script's time."""


@dataclass(frozen=True)
class Case:
    """A checkpoint of `checkpoints.BUILDERS`, what is wider in its transformer, and the clip that is made of it."""

    name: str
    pipeline: str
    config: dict[str, Any]
    size: Size = Size(256, 160)
    frames: int = 17
    steps: int = 30
    arguments: dict[str, Any] = field(default_factory=dict)
    guider: bool = False
    """Whether guidance is a part of the pipeline."""
    shown: bool = False
    """Whether it begins with a picture."""

    @property
    def given(self) -> tuple[Given, ...]:
        """A first picture of the clip's size where one is needed."""
        still = np.full((1, self.size.height, self.size.width, 3), 90, np.uint8)
        still[:, self.size.height // 4 : self.size.height // 2, : self.size.width // 3] = (230, 60, 20)
        return (Given(0, still),) if self.shown else ()


WIDE = {"num_attention_heads": 8, "attention_head_dim": 64, "num_layers": 4}
CASES = {
    "wan": Case("wan-text", "WanPipeline", WIDE | {"ffn_dim": 2048}),
    "ltx": Case(
        "ltx",
        "LTXConditionPipeline",
        WIDE | {"cross_attention_dim": 512},
        Size(512, 320),
        33,
        arguments={"decode_timestep": 0.05, "decode_noise_scale": 0.025, "frame_rate": 24},
    ),
    "cogvideox": Case("cog-text", "CogVideoXPipeline", WIDE),
    "hunyuan": Case(
        "hunyuan-text",
        "HunyuanVideoPipeline",
        {
            "num_attention_heads": 8,
            "attention_head_dim": 64,
            "rope_axes_dim": (16, 24, 24),
            "num_layers": 2,
            "num_single_layers": 4,
        },
        arguments={"negative_prompt": None},
    ),
    "hunyuan15": Case(
        "hunyuan15-text",
        "HunyuanVideo15Pipeline",
        {"num_attention_heads": 4, "attention_head_dim": 64, "rope_axes_dim": (16, 24, 24)},  # its words are many
        arguments={"guidance_scale": None},
        guider=True,
    ),
    "framepack": Case(
        "framepack",
        "HunyuanVideoFramepackPipeline",
        {
            "num_attention_heads": 8,
            "attention_head_dim": 64,
            "rope_axes_dim": (16, 24, 24),
            "num_layers": 2,
            "num_single_layers": 4,
        },
        arguments={"negative_prompt": None, "num_frames": 13, "latent_window_size": 4},  # a section makes 17 frames
        shown=True,
    ),
    "ltx2": Case(
        "ltx2",
        "LTX2Pipeline",
        WIDE
        | {
            "cross_attention_dim": 512,
            "audio_num_attention_heads": 8,
            "audio_attention_head_dim": 8,
            "audio_cross_attention_dim": 64,
        },
        Size(512, 320),
        33,
        arguments={"frame_rate": 24},
    ),
    "skyreels": Case(
        "skyreels",
        "SkyReelsV2DiffusionForcingPipeline",
        WIDE | {"ffn_dim": 2048},
        arguments={"base_num_frames": 17, "fps": 24},
    ),
}


@dataclass(frozen=True)
class Taken:
    """Seconds of the clock and of the processor, what was made, and how many previews were shown."""

    wall: float
    processor: float
    frames: np.ndarray
    previews: int = 0


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("family", nargs="*", help=f"{', '.join(CASES)}; all of them when none is named")
    parser.add_argument("--rounds", type=int, help=f"how often each way is measured; {ROUNDS}, or {QUICK} with --quick")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_STEPS} steps a clip: a first look")
    given = parser.parse_args()
    if unknown := set(given.family) - set(CASES):
        parser.error(f"No such family: {', '.join(sorted(unknown))}. Known are {', '.join(CASES)}.")
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    for library in (diffusers.utils.logging, transformers.utils.logging):
        library.disable_progress_bar()
    torch.set_num_threads(1)
    rounds = given.rounds or (QUICK if given.quick else ROUNDS)
    print("Seconds are medians. Overhead is what a way takes beside its round's script: median, least and most.\n")
    print("| family | way | previews | clock s | processor s | overhead, clock | overhead, processor | bar |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for family in given.family or CASES:
        with tempfile.TemporaryDirectory() as folder:
            case = replace(CASES[family], steps=QUICK_STEPS) if given.quick else CASES[family]
            for row in _rows(measured(case, Path(folder), rounds)):
                print(f"| {family} | {' | '.join(row)} |", flush=True)


def measured(case: Case, folder: Path, rounds: int) -> dict[str, list[Taken]]:
    """Each way's runs, one a round. The first run of each, which finds its kernels and fits the colours, is not
    counted, but must have made the same frames."""
    place = build(case.name, folder / case.name, **case.config)
    request = replace(asked(case.given, case.frames), size=case.size, steps=case.steps)
    exact_vae = find(place, "here").family.exact_vae
    engine, script = load_engine(str(place)), loaded(place, case.pipeline, exact_vae=exact_vae)
    if case.guider:
        script.guider = script.guider.new(guidance_scale=request.guidance)
    engine.load()
    ways: dict[str, Callable[[], Taken]] = {
        WAYS[0]: lambda: _script(script, case),
        WAYS[1]: lambda: _script(script, case),
        WAYS[2]: lambda: _engine(engine, request, 0.0, folder / "kept.safetensors"),
        WAYS[3]: lambda: _engine(engine, request, Control(never).preview_share, folder / "kept.safetensors"),
    }
    first = {way: run() for way, run in ways.items()}
    for way in BARS:
        assert_same(first[way].frames, first[WAYS[0]].frames)
    taken: dict[str, list[Taken]] = {way: [] for way in WAYS}
    for index in range(rounds):
        turn = index % len(WAYS)
        for way in WAYS[turn:] + WAYS[:turn]:  # none always comes first
            taken[way].append(ways[way]())
            print(f"{case.name}, {way}: {taken[way][-1].processor:.2f} s", file=sys.stderr)
    return taken


def _script(pipe: Any, case: Case) -> Taken:
    arguments = {
        "height": case.size.height,
        "width": case.size.width,
        "num_frames": case.frames,
        "num_inference_steps": case.steps,
    }
    for given in case.given:
        arguments["image"] = Image.fromarray(given.frames[0])
    torch.manual_seed(11)  # some draw from torch's own numbers as well
    wall, processor = time.perf_counter(), time.process_time()
    frames = made(pipe, arguments | case.arguments)
    return Taken(time.perf_counter() - wall, time.process_time() - processor, frames)


def _engine(engine: Engine, request: Request, share: float, path: Path) -> Taken:
    mark = Mark("plan", request.engine, "weights", 0, 1, request.seed, request.steps)

    def keep(latents: Latents) -> None:
        write_latents(path, latents, mark)

    wall, processor = time.perf_counter(), time.process_time()
    events = list(engine.run(Window(request, 0, 1), Control(never, share, keep=keep)))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    last = events[-1]
    assert isinstance(last, Finished)
    return Taken(wall, processor, last.frames, sum(isinstance(event, Preview) for event in events))


def _rows(taken: dict[str, list[Taken]]) -> list[list[str]]:
    rows = []
    for way, runs in taken.items():
        seconds = [f"{statistics.median(values):.2f}" for values in _times(runs)]
        shares = [_overhead(ours, theirs) for ours, theirs in zip(_times(runs), _times(taken[WAYS[0]]), strict=True)]
        said = ["", ""] if way == WAYS[0] else shares
        bar = f"{100 * BARS[way]:.0f} %" if way in BARS else ""
        rows.append([way, str(max(run.previews for run in runs)), *seconds, *said, bar])
    return rows


def _times(runs: list[Taken]) -> tuple[list[float], list[float]]:
    """Of the clock, and of the processor."""
    return [run.wall for run in runs], [run.processor for run in runs]


def _overhead(ours: list[float], theirs: list[float]) -> str:
    """The median, the least and the most of what one takes beside the other."""
    more = sorted(100 * (one / other - 1) for one, other in zip(ours, theirs, strict=True))
    return f"{statistics.median(more):+.1f} % ({more[0]:+.1f} to {more[-1]:+.1f})"


if __name__ == "__main__":
    main()
