"""Tiny models on disk and in memory, made once a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from sora_studio.core.engine import Engine
from sora_studio.engines import load_engine
from sora_studio.engines.catalog import BUILT_IN, MODEL_VARIABLE
from tests.engines.checkpoints import build
from tests.tiny_model import build_tiny_pipeline


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing from threads, and lose much where other programs hold the cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny checkpoint by its name in `checkpoints.BUILDERS`; "sora" is a tiny built-in model."""
    library = tmp_path_factory.mktemp("library")

    def folder(name: str) -> Path:
        place = library / name
        if not place.exists():
            (build_tiny_pipeline if name == BUILT_IN else lambda at: build(name, at))(place)
        return place

    return folder


@pytest.fixture(scope="session")
def engine(checkpoint: Callable[[str], Path]) -> Iterator[Callable[[str], Engine]]:
    """A loaded engine by the same names."""
    loaded: dict[str, Engine] = {}

    def engine(name: str) -> Engine:
        if name not in loaded:
            with pytest.MonkeyPatch.context() as patch:
                if name == BUILT_IN:
                    patch.setenv(MODEL_VARIABLE, str(checkpoint(name)))
                loaded[name] = load_engine(name if name == BUILT_IN else str(checkpoint(name)))
                loaded[name].load()
        return loaded[name]

    yield engine
    for one in loaded.values():
        one.unload()
