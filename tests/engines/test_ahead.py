"""What a model is going to need, said before it is fetched: from its networks' real sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sora_studio.core.ahead import needs_of, usual_run
from sora_studio.core.open_model import Layout
from sora_studio.engines.families.known import FAMILIES, ahead
from sora_studio.weights.catalogue import open_model, open_models, weighed_networks
from tests.engines.networks import NETWORKS, weighed

ALWAYS = ("wan-1.3b", "ltx2-19b", "umt5-xxl", "hunyuan-1.5-vae")
UNKNOWN = {"Lightricks/LTX-2.5-Diffusers"}
"""Models that run, of whose text encoder no sizes are published."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.slow) for name in NETWORKS]
)
def test_a_network_weighs_what_the_table_says(name: str) -> None:
    assert weighed_networks()[name] == weighed(name)


def test_the_table_has_every_network_and_no_other() -> None:
    assert list(weighed_networks()) == list(NETWORKS)
    used = {replace(part, name="") for model in open_models() for part in model.parts}
    assert {replace(part, name="") for part in weighed_networks().values()} == used


def test_the_needs_of_every_model_that_runs_are_known() -> None:
    running = {model.repo for model in open_models() if any(model.pipeline in one.pipelines for one in FAMILIES)}
    assert {model.repo for model in open_models() if ahead(model) is not None} == running - UNKNOWN
    for model in open_models():
        if (found := ahead(model)) is not None:
            needs = needs_of(found[0], usual_run(found[1]))
            cards = [need.card_bytes for need in needs]
            assert cards == sorted(cards, reverse=True), model.repo
            assert all(need.ram_bytes > 3e9 for need in needs)


@pytest.mark.parametrize(
    ("repo", "layout"),
    [
        ("THUDM/CogVideoX-5b", "whole"),
        ("THUDM/CogVideoX-5b", "offload"),
        ("THUDM/CogVideoX-5b", "layers"),
        ("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "offload"),
        ("Wan-AI/Wan2.1-I2V-14B-480P-Diffusers", "offload"),
    ],
)
def test_the_forecast_is_near_what_others_measured(repo: str, layout: Layout) -> None:
    """Figures of the authors and of diffusers' documentation, measured by them on cards."""
    model = open_model(repo)
    found = ahead(model)
    assert found is not None
    (theirs,) = (need.card_bytes for need in model.needs if need.layout == layout)
    (ours,) = (need.card_bytes for need in needs_of(found[0], usual_run(found[1])) if need.layout == layout)
    assert ours == pytest.approx(theirs, rel=0.2)
