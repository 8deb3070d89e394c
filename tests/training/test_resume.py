"""A run that is stopped and resumed is, to the bit, the run that was not; and so is one that renders elsewhere."""

import shutil
from dataclasses import replace

import pytest
import torch

from sora_studio.core.errors import StudioError
from sora_studio.training import checkpoint
from sora_studio.training.config import Run
from sora_studio.training.train_classifier import train_classifier
from sora_studio.training.train_clip import train_clip
from sora_studio.training.train_dit import train_dit
from sora_studio.training.train_vae import train_vae


def trained(name, config, run, pipeline_folder):
    match name:
        case "vae":
            train_vae(config, run)
        case "clip":
            train_clip(config, run, pipeline_folder)
        case "classifier":
            train_classifier(config, run)
        case _:
            train_dit(config, run, pipeline_folder)
    return checkpoint.require(run.folder)


def steps(config, count):
    return replace(config, optimisation=replace(config.optimisation, steps=count))


def assert_equal(one, other):
    assert type(one) is type(other)
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_equal(one[key], other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            assert_equal(left, right)
    else:
        assert one == other


@pytest.fixture(scope="module")
def half(tiny, pipeline_folder, tmp_path_factory):
    """The folder of two steps of "dit" out of four."""
    folder = tmp_path_factory.mktemp("half") / "run"
    trained("dit", steps(tiny["dit"], 2), _run(folder), pipeline_folder)
    return folder


@pytest.fixture(scope="module")
def whole(tiny, pipeline_folder, tmp_path_factory):
    """What all four steps of "dit" leave."""
    return trained("dit", steps(tiny["dit"], 4), _run(tmp_path_factory.mktemp("whole")), pipeline_folder)


def _run(folder):
    return Run(folder=folder, device="cpu", threads=1, workers=0, log_every=1)


AGAIN = [pytest.param(name, marks=pytest.mark.slow) for name in ("clips", "draft")]
"""Other stages of the transformer, whose trainer is that of "dit"."""


@pytest.mark.parametrize("name", ["vae", "clip", *AGAIN, "classifier"])
def test_stopping_and_resuming_changes_nothing(name, tiny, run, pipeline_folder, tmp_path):
    whole = trained(name, steps(tiny[name], 4), run, pipeline_folder)
    parts = replace(run, folder=tmp_path / "parts")
    trained(name, steps(tiny[name], 2), parts, pipeline_folder)
    resumed = trained(name, steps(tiny[name], 4), parts, pipeline_folder)
    assert resumed["trainer"]["step"] == 4
    assert_equal(resumed["trainer"], whole["trainer"])


@pytest.mark.parametrize("cached", [True, False])
def test_resuming_with_the_cached_pool_or_without_changes_nothing(tiny, half, whole, pipeline_folder, tmp_path, cached):
    parts = _run(shutil.copytree(half, tmp_path / "parts"))
    if not cached:
        (parts.folder / "pool.pt").unlink()
    resumed = trained("dit", steps(tiny["dit"], 4), parts, pipeline_folder)
    assert resumed["trainer"]["step"] == 4
    assert_equal(resumed["trainer"], whole["trainer"])


@pytest.mark.slow  # test_pool.py tells sooner whether a worker renders something else
def test_rendering_in_a_worker_gives_the_same_weights(tiny, run, pipeline_folder, tmp_path):
    here = trained("dit", steps(tiny["dit"], 2), run, pipeline_folder)
    elsewhere = replace(run, folder=tmp_path / "worker", workers=1)
    there = trained("dit", steps(tiny["dit"], 2), elsewhere, pipeline_folder)
    assert_equal(there["trainer"], here["trainer"])


def test_other_settings_are_refused_in_the_same_folder(tiny, half, pipeline_folder):
    other = replace(tiny["dit"], subject_weight=9.0)
    with pytest.raises(StudioError, match="other settings"):
        trained("dit", other, _run(half), pipeline_folder)


def test_minutes_end_a_run_with_a_checkpoint(tiny, run, pipeline_folder):
    saved = trained("clip", tiny["clip"], replace(run, minutes=0.0), pipeline_folder)
    assert saved["trainer"]["step"] == 0


def test_the_clip_stage_begins_with_the_averaged_weights_of_the_image_stage(tiny, half, pipeline_folder, tmp_path):
    images = checkpoint.require(half)
    model = train_dit(steps(tiny["clips"], 0), _run(tmp_path / "clips"), pipeline_folder, start=half)
    weights = model.state_dict()
    for name, average in images["trainer"]["average"].items():
        assert torch.equal(weights[name], average.bfloat16())


def test_only_weights_that_are_named_learn(tiny, run, half, pipeline_folder):
    """The others stay what the run began with, to the bit, so that a commit of weights grows by these alone."""
    before = checkpoint.starting_weights(half, "transformer")
    config = replace(steps(tiny["dit"], 2), only=("attn2", "blocks.0.ff"))
    train_dit(config, run, pipeline_folder, start=half)
    after = checkpoint.require(run.folder)["trainer"]["masters"]
    learnt = {name for name, weight in after.items() if not torch.equal(weight, before[name].float())}
    assert learnt == {name for name in after if "attn2" in name or "blocks.0.ff" in name}


def test_weights_to_learn_that_there_are_none_of_are_refused(tiny, run, pipeline_folder):
    with pytest.raises(StudioError, match="has “attn3” in its name"):
        train_dit(replace(steps(tiny["dit"], 1), only=("attn3",)), run, pipeline_folder)
