"""A hub on loopback with a model that is small enough to fetch in a test, and a folder of models."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from sora_studio.weights.catalogue import open_model
from sora_studio.weights.fetch import Order
from tests.fakes.hub import FakeHub
from tests.fakes.keyring import Memory

REPO = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"
GATED = "Lightricks/LTX-2.5-Diffusers"
BIG = "transformer/diffusion_pytorch_model-00001-of-00002.safetensors"


def files(scale: int = 1) -> dict[str, bytes]:
    """A repository as authors fill it: what is wanted, and what never is."""
    pour = random.Random(7)
    return {
        "model_index.json": b'{"_class_name": "WanPipeline"}',
        BIG: pour.randbytes(1_300_000 * scale),
        "transformer/diffusion_pytorch_model-00002-of-00002.safetensors": pour.randbytes(400_000 * scale),
        "transformer/config.json": b'{"_class_name": "WanTransformer3DModel"}',
        "vae/diffusion_pytorch_model.safetensors": pour.randbytes(250_000 * scale),
        "tokenizer/spiece.model": pour.randbytes(3_000),
        "text_encoder/pytorch_model.bin": b"a pickle",
        "README.md": b"# words",
        "assets/clip.mp4": b"a film",
    }


WANTED = {name for name in files() if not name.endswith((".bin", ".md", ".mp4"))}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """The hub that HF_ENDPOINT names, here and in processes that are started."""
    made = FakeHub()
    made.repos[REPO] = files()
    made.repos[GATED] = files()
    made.gated.add(GATED)
    monkeypatch.setenv("HF_ENDPOINT", made.endpoint)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "ENDPOINT", made.endpoint)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", made.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", "/nowhere/token")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    yield made
    made.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def order(root: Path) -> Order:
    return Order(open_model(REPO), root)


@pytest.fixture(autouse=True)
def memory() -> Iterator[Memory]:
    """No test meets the secrets of whoever runs it."""
    former, made = keyring.get_keyring(), Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(former)
