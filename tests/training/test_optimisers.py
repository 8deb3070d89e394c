from dataclasses import replace

import pytest
import torch

from sora_studio.core.errors import BadInput
from sora_studio.training.config import Optimisation
from sora_studio.training.optimisers import Trainer, learning_rate, make_optimiser, orthogonal

CONFIG = Optimisation(lr=0.05, warmup=1, weight_decay=0.0)


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "AdamW", "Muon"])
def test_every_optimiser_descends(name):
    torch.manual_seed(0)
    model = torch.nn.Linear(16, 16)
    x, y = torch.randn(64, 16), torch.randn(64, 16)
    trainer = Trainer(model, replace(CONFIG, name=name), torch.float32)
    losses = []
    for _ in range(30):
        loss = (model(x) - y).square().mean()
        losses.append(loss.item())
        trainer.update(loss)
    assert losses[-1] < 0.95 * losses[0]


def test_unknown_optimiser_is_refused_by_name():
    with pytest.raises(BadInput, match="Adamax"):
        make_optimiser(replace(CONFIG, name="Adamax"), [torch.zeros(1)])


def test_warm_up_then_constant_or_cosine():
    constant = Optimisation(lr=1.0, warmup=10, steps=100)
    assert learning_rate(constant, 0) == pytest.approx(0.1)
    assert learning_rate(constant, 50) == 1.0
    cosine = replace(constant, schedule="cosine", final=0.1)
    assert learning_rate(cosine, 55) < 1.0
    assert learning_rate(cosine, 100) == pytest.approx(0.1)


def test_masters_keep_what_bf16_rounds_away():
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.ones_(model.weight)
    trainer = Trainer(model, replace(CONFIG, name="SGD", lr=1e-4), torch.bfloat16)
    for _ in range(10):
        trainer.update(model(torch.ones(1, 1, dtype=torch.bfloat16)).sum())
    assert model.weight.dtype == torch.bfloat16
    assert trainer.masters[0].item() < 1.0
    assert trainer.masters[0].item() == pytest.approx(1.0, abs=0.01)


def test_average_follows_the_weights():
    model = torch.nn.Linear(2, 2)
    trainer = Trainer(model, replace(CONFIG, ema=0.9), torch.float32)
    start = trainer.average[0].clone()
    for _ in range(20):
        trainer.update(model(torch.ones(1, 2)).square().sum())
    between = (trainer.average[0] - trainer.masters[0]).abs().sum()
    assert 0 < between < (start - trainer.masters[0]).abs().sum()
    assert set(trainer.averaged()) == {"weight", "bias"}


def test_orthogonal_evens_out_the_directions_of_a_matrix():
    torch.manual_seed(0)
    matrix = torch.randn(12, 8) @ torch.diag(torch.logspace(0, -1.0, 8))
    values = torch.linalg.svdvals(orthogonal(matrix))
    assert values.min() > 0.5
    assert values.max() < 1.4
