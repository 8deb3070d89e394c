"""How a clip was run: what its recipe says of it, and what another machine makes of that."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.fitting import Fit, fits
from sora_studio.core.manner import KEY, manner_in_words, manner_of, nearest, told
from sora_studio.core.recipe import from_recipe, to_recipe
from sora_studio.core.request import Request
from sora_studio.core.setup import Setup
from sora_studio.core.speed import NAMES, Speed
from tests.core.test_fitting import card_of
from tests.core.test_forecast import CARD, RUN, WAN

RECIPE = to_recipe(Request("a boat", seed=3))
ways = st.builds(
    Setup,
    where=st.sampled_from(("card", "processor")),
    precision=st.sampled_from(("bf16", "fp32")),
    quantised=st.sampled_from(("none", "int8", "nf4")),
    tiles=st.booleans(),
    speed=st.builds(Speed, st.sampled_from(("", "cudnn", "flash", "sage")), st.booleans(), st.booleans()),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def on(*quantisers: str, gigabytes: float = 80) -> tuple[Fit, ...]:
    return fits(WAN, RUN, card_of(gigabytes, quantisers))


@given(ways, st.sampled_from(("none", "model", "group", "leaf")))
def test_a_recipe_says_what_shapes_the_frames_and_stays_one(setup: Setup, offload: str) -> None:
    recipe = json.loads(json.dumps(told(RECIPE, replace(setup, offload=offload))))
    assert manner_of(recipe) == setup, "where parts wait changes no number"
    assert from_recipe(recipe, lambda _: None) == from_recipe(RECIPE, lambda _: None)  # type: ignore[arg-type, return-value]
    assert manner_of(RECIPE) is None


@given(anything | st.dictionaries(st.sampled_from(("where", "precision", "quantised", "tiles", "speed")), anything))
def test_a_recipe_from_elsewhere_may_say_anything(data: object) -> None:
    setup = manner_of({**RECIPE, KEY: data})
    assert setup is None or manner_of(told(RECIPE, setup)) == replace(setup, offload="none")


@given(ways)
def test_a_machine_that_has_all_comes_back_to_the_same(setup: Setup) -> None:
    setup = replace(setup, where="card", precision="bf16")
    near = nearest(setup, on("torchao", "bitsandbytes"), NAMES)
    assert (near.setup.quantised, near.setup.speed, near.remarks) == (setup.quantised, setup.speed, ())


def test_what_a_machine_lacks_is_said() -> None:
    wanted = replace(CARD, quantised="nf4", speed=Speed("sage", cache=True))
    near = nearest(wanted, on("torchao"), ("cache",))
    assert near.setup == replace(CARD, speed=Speed(cache=True))
    assert near.remarks == ("It was made with what this machine does not have: 4-bit weights and SageAttention.",)
    here = nearest(wanted, on("bitsandbytes", gigabytes=2), NAMES)
    assert here.setup.quantised == "nf4", "also when it is too large"
    assert here.remarks == ()


def test_what_was_done_to_a_model_in_words() -> None:
    assert manner_in_words(CARD) == ""
    assert manner_in_words(replace(CARD, quantised="int8", speed=Speed("sage", True))) == (
        "8-bit weights, Step cache, SageAttention"
    )
