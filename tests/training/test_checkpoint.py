import pytest
import torch

from sora_studio.core.errors import BadInput, OutputError, StudioError
from sora_studio.training import checkpoint
from sora_studio.training.config import VAETraining


def test_a_state_comes_back_as_it_was(tmp_path):
    state = {"config": checkpoint.plain(VAETraining()), "weights": {"a": torch.arange(3)}, "step": 7}
    checkpoint.save(tmp_path / "run", state)
    again = checkpoint.require(tmp_path / "run")
    assert again["step"] == 7
    assert torch.equal(again["weights"]["a"], state["weights"]["a"])
    assert again["config"] == state["config"]
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["checkpoint.pt"]


def test_nothing_saved_is_none_or_a_sentence(tmp_path):
    assert checkpoint.load(tmp_path) is None
    with pytest.raises(BadInput, match="no checkpoint"):
        checkpoint.require(tmp_path)


def test_a_checkpoint_that_would_run_code_is_not_loaded(tmp_path):
    torch.save({"bad": pytest.raises}, tmp_path / "checkpoint.pt")
    with pytest.raises(BadInput, match="cannot be read"):
        checkpoint.load(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        checkpoint.save(tmp_path / "file", {})


def test_a_longer_constant_schedule_may_resume_but_another_diet_may_not(tmp_path):
    from dataclasses import replace

    config = VAETraining()
    checkpoint.check_same(config, replace(config, optimisation=replace(config.optimisation, steps=1)), tmp_path)
    with pytest.raises(StudioError, match="other settings"):
        checkpoint.check_same(config, replace(config, crop=64), tmp_path)
