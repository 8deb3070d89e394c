"""A tiny reader and a tiny effort, so that every measure is taken in seconds."""

import pytest
import torch

from sora_studio.training.evaluation.classifier import AttributeClassifier
from sora_studio.training.evaluation.setting import Effort

TINY_EFFORT = Effort(
    renders=2,
    look=1,
    photos=1,
    prompts=1,
    synonyms=1,
    drawn=1,
    alive_photos=1,
    joins=2,
    restyles=1,
    loops=1,
    minutes=1,
    pairs=32,
    timed=1,
    minute="draft",
)


@pytest.fixture(scope="session")
def tiny_classifier(tiny) -> AttributeClassifier:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AttributeClassifier(**tiny["classifier"].model).to(torch.bfloat16)
    for parameter in model.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.05)
    return model.to(memory_format=torch.channels_last).eval()


@pytest.fixture
def tiny_effort() -> Effort:
    return TINY_EFFORT
