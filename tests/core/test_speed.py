"""Speed settings as values: which are offered, what is said of them, and how they are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput
from sora_studio.core.machine import Device, Machine
from sora_studio.core.quicker import check, offered, speed_of
from sora_studio.core.setup import Setup, setup_data, setup_from
from sora_studio.core.speed import ATTENTIONS, NAMES, Speed, speed_data, speed_from, speed_in_words
from tests.fakes.engine import CAPABILITIES

CARD = Machine(Device("cpu", "", 1, 1), (Device("cuda", "", 1, 1),), (), tuple(ATTENTIONS), compiles=True)
PROCESSOR = Machine(Device("cpu", "", 1, 1))
ALL = replace(CAPABILITIES, attention="plain", step_cache=True, compiles=True)

SPEEDS = st.builds(Speed, st.sampled_from(("", *ATTENTIONS)), st.booleans(), st.booleans())


@given(SPEEDS)
def test_what_is_kept_comes_back(speed: Speed) -> None:
    assert speed_of(speed.names) == speed
    assert speed_from(speed_data(speed)) == speed
    setup = Setup("card", "bf16", speed=speed)
    assert setup_from(setup_data(setup)) == setup
    assert setup.alike(replace(setup, tiles=True, offload="leaf").name)
    assert not setup.alike(replace(setup, where="processor").name)
    assert not setup.alike(replace(setup, speed=replace(speed, cache=not speed.cache)).name)


@pytest.mark.parametrize("data", [None, {}, {"attention": "wings", "cache": True, "compiled": True}, {"cache": 1}])
def test_other_data_is_none(data: object) -> None:
    assert speed_from(data) is None
    assert setup_from({**setup_data(Setup()), "speed": data}) is None


def test_setups_of_a_time_without_speed_settings_are_read() -> None:
    data = setup_data(Setup("card", "bf16", tiles=True))
    del data["speed"]
    assert setup_from(data) == Setup("card", "bf16", tiles=True)
    assert Setup("card", "bf16").name == "card-bf16-none-none-whole"


def test_only_what_the_engine_and_the_machine_have_is_offered() -> None:
    assert offered(ALL, CARD) == NAMES
    assert offered(ALL, PROCESSOR) == ("cache",)
    assert offered(replace(ALL, attention="masked"), CARD) == ("cache", "compile", "cudnn")
    assert offered(CAPABILITIES, CARD) == ()


@given(SPEEDS)
def test_what_is_not_offered_is_refused_in_words(speed: Speed) -> None:
    check(speed, ALL, CARD)
    for caps, machine in ((CAPABILITIES, CARD), (ALL, PROCESSOR), (CAPABILITIES, None)):
        if all(name in offered(caps, machine or CARD) for name in speed.names):
            check(speed, caps, machine)
        else:
            with pytest.raises(BadInput, match=r"\w"):
                check(speed, caps, machine)


def test_few_steps_leave_a_cache_nothing() -> None:
    with pytest.raises(BadInput, match="has no step cache"):
        check(Speed(cache=True), replace(ALL, step_cache=False))


def test_what_is_said() -> None:
    assert speed_in_words(Speed()) == ""
    assert speed_in_words(Speed("sage", compiled=True)) == (
        "Quicker: Compiled blocks (differs by rounding) and SageAttention (changes the picture a little)."
    )
