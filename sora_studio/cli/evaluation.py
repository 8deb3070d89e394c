"""`eval`: every measure of the built-in model with its bar, as a table or as JSON."""

from __future__ import annotations

import json
import os
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sora_studio.cli.reporter import Reporter
from sora_studio.core.engine import Control, Engine
from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.repeating import repeat
from sora_studio.core.request import Frames, Request
from sora_studio.core.resources import resource
from sora_studio.engines import load_engine
from sora_studio.engines.catalog import MODEL_VARIABLE, capabilities, model_folder
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.runner import Chunk, run_plan

if TYPE_CHECKING:  # these bring torch, which a mere --help need not wait for
    from sora_studio.training.evaluation.classifier import AttributeClassifier
    from sora_studio.training.evaluation.measures import Measure
    from sora_studio.training.evaluation.setting import Setting

CLASSIFIER = "evaluation/classifier"
"""Where the attribute classifier's weights lie among the resources."""

NAME_WIDTH = 26
"""Room for the longest name of a measure, since lines are told as they come."""


def evaluate(args: Namespace, reporter: Reporter) -> int:
    """Take the measures; exit code 1 when a bar is missed. One JSON object on standard output with --json."""
    repeat(os.environ)
    from sora_studio.training.evaluation.measures import as_data, as_row, summary
    from sora_studio.training.evaluation.suite import evaluate as taken

    began = time.monotonic()
    setting = _setting(args, reporter)
    measures: list[Measure] = []
    for measure in taken(setting, args.only or ()):
        measures.append(measure)
        reporter.say(as_row(measure, NAME_WIDTH)) if args.json else reporter.print(as_row(measure, NAME_WIDTH))
    seconds = time.monotonic() - began
    reporter.say(f"{summary(measures)}; it took {seconds / 60:.1f} minutes.")
    if args.json:
        about = {"model": str(setting.folder), "seed": setting.seed, "seconds": round(seconds, 1)}
        reporter.print(json.dumps({**as_data(measures), **about}))
    return 0 if all(measure.ok for measure in measures) else 1


def _setting(args: Namespace, reporter: Reporter) -> Setting:
    from sora_studio.training.evaluation.setting import FULL, QUICK, Setting

    if args.model is not None:
        if not (args.model / "model_index.json").is_file():
            raise BadInput(f"{args.model} is no pipeline folder: it has no model_index.json. Give another --model.")
        os.environ[MODEL_VARIABLE] = str(args.model)  # the engine looks there
    folder = model_folder()
    return Setting(
        folder=folder,
        capabilities=capabilities("sora"),
        make=StudioMaker(),
        classifier=_classifier(args.classifier),
        effort=FULL if args.full else QUICK,
        seed=args.seed,
        modes=("draft", "fine") if args.mode == "both" else (args.mode,),
        say=lambda words, done, total: reporter.bar(done, total, f"{words}, {done} of {total}"),
    )


def _classifier(folder: Path | None) -> AttributeClassifier | None:
    """The classifier of a folder, or the one that ships, or None when none does."""
    from sora_studio.training.evaluation.classifier import load_classifier

    if folder is not None:
        return load_classifier(folder)
    try:
        return load_classifier(resource(*CLASSIFIER.split("/")))
    except StudioError:
        return None


class StudioMaker:
    """Makes clips the way the worker does, planned and in windows, within this process."""

    def __init__(self) -> None:
        self._engines: dict[str, Engine] = {}

    def __call__(self, request: Request, *, previews: bool = False) -> Frames:
        """All frames of the clip."""
        import numpy as np

        if request.engine not in self._engines:
            self._engines[request.engine] = load_engine(request.engine)
        engine = self._engines[request.engine]
        control = Control(lambda: False) if previews else Control(lambda: False, preview_share=0.0)
        return np.concatenate(list(self._chunks(request, engine, control)))

    def _chunks(self, request: Request, engine: Engine, control: Control) -> Iterator[Frames]:
        for event in run_plan(make_plan(request, engine.capabilities), engine, control):
            if isinstance(event, Chunk):
                yield event.frames
