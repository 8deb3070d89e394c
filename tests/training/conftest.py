"""A tiny pipeline and tiny training configs, so that real loops run in seconds."""

from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.training.config import (
    ClassifierTraining,
    CLIPTraining,
    DiTTraining,
    FewSteps,
    Optimisation,
    Run,
    VAETraining,
)
from tests.tiny_model import TEXT_DIM, build_tiny_pipeline, tiny_clip, tiny_transformer, tiny_vae

TINY_READER = {"widths": (8, 16), "layers": (1, 1), "close_widths": (8, 16), "close_layers": (1, 1), "moments": 5}


def _settings(model) -> dict:
    return {name: value for name, value in model.config.items() if not name.startswith("_")}


@pytest.fixture(scope="session")
def pipeline_folder(tmp_path_factory) -> Path:
    return build_tiny_pipeline(tmp_path_factory.mktemp("pipeline"))


@pytest.fixture(scope="session")
def tiny():
    """Configs by name: vae, clip, dit (images), clips and draft (dit on clips), classifier."""
    optimisation = Optimisation(lr=1e-3, warmup=2, steps=4)
    dit = DiTTraining(
        image_batch=4,
        clip_batch=2,
        reuse=2,
        window=3,
        head_start=2,
        model={**_settings(tiny_transformer()), "outline": 2},
        optimisation=replace(optimisation, name="Muon"),
    )
    clip = {**_settings(tiny_clip()), "text_dim": TEXT_DIM}
    return {
        "vae": VAETraining(crop=32, pixels=32 * 32 * 17, model=_settings(tiny_vae()), optimisation=optimisation),
        "clip": CLIPTraining(batch=3, image_batch=4, alike=2, model=clip, optimisation=optimisation),
        "dit": dit,
        "classifier": ClassifierTraining(4, 8, 2, model=TINY_READER, optimisation=optimisation),
        "clips": replace(dit, stage="clips", images=0.3, clip_batch=2),
        "draft": replace(
            dit,
            stage="draft",
            images=0.3,
            few_steps=FewSteps(teacher_steps=2),
            model={**dit.model, "distilled_steps": 4},
        ),
    }


@pytest.fixture
def run(tmp_path) -> Run:
    return Run(folder=tmp_path / "run", device="cpu", threads=1, workers=0, log_every=1)
