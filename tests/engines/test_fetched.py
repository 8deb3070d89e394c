"""A model that was fetched is an engine: what the patterns leave out is missed by no pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import diffusers
import pytest

from sora_studio.engines.catalog import catalog, unfit
from sora_studio.settings.folders import models_folder
from sora_studio.weights.catalogue import open_model
from sora_studio.weights.fetch import Order, fetch
from tests.fakes.hub import FakeHub
from tests.weights.conftest import hub, memory

__all__ = ["hub", "memory"]


@pytest.mark.parametrize(
    ("repo", "name"),
    [
        ("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "wan-text"),
        ("Wan-AI/Wan2.1-I2V-14B-480P-Diffusers", "wan-image"),
        ("Lightricks/LTX-Video-0.9.5", "ltx"),
    ],
)
def test_a_fetched_model_is_an_engine_and_loads(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    checkpoint: Callable[[str], Path],
    hub: FakeHub,
    repo: str,
    name: str,
) -> None:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path))
    made = checkpoint(name)
    hub.repos[repo] = {
        file.relative_to(made).as_posix(): file.read_bytes() for file in made.rglob("*") if file.is_file()
    }
    folder = fetch(Order(open_model(repo), models_folder()))
    assert [caps.engine for caps in catalog()] == ["sora", repo]
    assert unfit() == ()
    pipe = getattr(diffusers, open_model(repo).pipeline).from_pretrained(folder, local_files_only=True)
    assert pipe.transformer is not None
    assert pipe.tokenizer is not None
