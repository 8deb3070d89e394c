"""The choice of a setup, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sora_studio.core.fitting import best, duration, fit, fits, possible, verdict_in_words
from sora_studio.core.forecast import Past
from sora_studio.core.machine import Device, Machine
from sora_studio.core.setup import Setup, StepDown, in_words, setup_data, setup_from, steps_down
from tests.core.test_forecast import CARD, MACHINE, RUN, WAN

GB = 10**9


def card_of(gigabytes: float, quantisers: tuple[str, ...] = (), ram: float = 60) -> Machine:
    """The machine with a card of that size, all of it free."""
    card = replace(MACHINE.device, total=round(gigabytes * GB), free=round(gigabytes * GB))
    processor = replace(MACHINE.processor, free=round(ram * GB))
    return Machine(processor, (card,), quantisers)


@pytest.mark.parametrize(
    ("gigabytes", "setup", "verdict"),
    [
        (80, CARD, "fits"),
        (24, replace(CARD, offload="model"), "tight"),
        (16, replace(CARD, offload="model"), "tight"),
        (8, replace(CARD, offload="group", tiles=True), "tight"),
        (4, replace(CARD, offload="leaf", tiles=True), "too large"),
    ],
)
def test_the_choice_by_the_size_of_the_card(gigabytes: float, setup: Setup, verdict: str) -> None:
    machine = card_of(gigabytes, ram=60 if gigabytes > 4 else 10)
    chosen = best(fits(WAN, RUN, machine))
    assert (chosen.setup, chosen.verdict) == (setup, verdict)


def test_weights_are_made_smaller_by_themselves_only_when_nothing_else_fits() -> None:
    roomy = best(fits(WAN, RUN, card_of(16, ("torchao", "bitsandbytes"))))
    assert roomy.setup.lossless
    poor = card_of(16, ("torchao", "bitsandbytes"), ram=15)  # too little memory to keep parts beside the card
    assert best(fits(WAN, RUN, poor)).setup.quantised == "int8"
    assert best(fits(WAN, RUN, card_of(16, ram=15))).verdict == "too large"


def test_a_processor_alone_runs_it() -> None:
    machine = Machine(MACHINE.processor)
    assert [setup.where for setup in possible(machine)] == ["processor", "processor"]
    chosen = best(fits(WAN, RUN, machine))
    assert chosen.setup.where == "processor"
    assert verdict_in_words(chosen, machine) == "Runs on the processor: about 17 h for this clip."
    little = Machine(replace(MACHINE.processor, free=8 * GB))
    one = best(fits(WAN, RUN, little))
    assert one.verdict == "too large"
    assert verdict_in_words(one, little).startswith("Needs 19.5 GB of memory, 8.0 GB are free. About ")


def test_apple_silicon_has_one_memory_for_both() -> None:
    chip = Device("mps", "Apple silicon", 48 * GB, 40 * GB, rate=1e13)
    machine = Machine(replace(MACHINE.processor, free=100 * GB), (chip,))
    assert {setup.offload for setup in possible(machine)} == {"none"}
    shared = Machine(replace(MACHINE.processor, free=50 * GB), (chip,))
    whole = Setup("card", "fp32", tiles=True)
    assert fit(WAN, RUN, machine, whole).forecast.card < 40 * GB
    assert fit(WAN, RUN, machine, whole).verdict == "tight"
    assert fit(WAN, RUN, shared, whole).verdict == "too large"


def test_what_was_measured_moves_the_choice() -> None:
    machine = card_of(27.5)
    assert best(fits(WAN, RUN, machine)).setup == CARD
    larger = fits(WAN, RUN, machine, lambda setup: Past(card=1.2) if setup == CARD else Past())
    assert best(larger).setup == replace(CARD, offload="model")


def test_what_is_said() -> None:
    def said(gigabytes: float, setup: Setup, ram: float = 60, frames: int = 81) -> str:
        machine = card_of(gigabytes, ram=ram)
        return verdict_in_words(fit(WAN, replace(RUN, frames=frames), machine, setup), machine)

    assert said(80, CARD) == "Fits: 25.0 GB of 80.0 GB, about 10 min."
    assert said(12, CARD) == "Needs 25.0 GB, this card has 12.0 GB free."
    assert (
        said(80, replace(CARD, offload="model"), ram=9) == "Needs 17.4 GB of memory beside the card, 9.0 GB are free."
    )
    assert said(16, replace(CARD, offload="model", tiles=True)) == (
        "Tight: one part on the card at a time and decoded in tiles (13.1 GB of 16.0 GB, about 10 min)."
    )
    slow = said(8, replace(CARD, offload="leaf", tiles=True), frames=17)
    assert slow.startswith("Tight: one layer on the card at a time and decoded in tiles, about 1.")
    assert " times slower (5.1 GB of 8.0 GB, about " in slow, "the words' layers count"
    assert in_words(Setup("card", "fp32", "nf4")) == (
        "all on the card, weights of 4 bits, which changes the picture and numbers of 32 bits"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (80, "80 s"), (600, "10 min"), (7300, "2 h"), (500_000, "6 days")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def words(found: tuple[StepDown, ...]) -> list[str]:
    return [one.words for one in found]


def test_steps_down_are_named_the_mildest_first() -> None:
    parts = "Move the model to the card part by part"
    blocks = "Move the model to the card block by block"
    layers = "Move the model to the card layer by layer (slow)"
    assert words(steps_down(CARD, "decode", (), bf16=True)) == ["Decode in tiles", parts, blocks, layers]
    assert words(steps_down(CARD, "step", (), bf16=True)) == [parts, blocks, layers]
    moved = replace(CARD, offload="group", tiles=True)
    assert words(steps_down(moved, "encode", ("bitsandbytes",), bf16=True)) == [
        layers,
        "Make the weights smaller (4 bits)",
    ]
    alone = Setup("processor", "fp32")
    assert words(steps_down(alone, "decode", (), bf16=True)) == ["Decode in tiles", "Calculate with 16 bits"]
    assert steps_down(Setup("processor", "bf16"), "step", ("torchao",), bf16=True) == ()
    changing = steps_down(alone, "step", (), bf16=True)
    assert [one.changes for one in changing] == [True]
    for stage in ("encode", "step", "decode"):
        for one in steps_down(CARD, stage, ("torchao", "bitsandbytes"), bf16=True):  # type: ignore[arg-type]
            assert fit(WAN, RUN, MACHINE, one.setup).forecast.card < fit(WAN, RUN, MACHINE, CARD).forecast.card


def test_a_setup_is_kept_as_data_and_nothing_else_is_one() -> None:
    for setup in possible(card_of(24, ("torchao", "bitsandbytes"))):
        assert setup_from(setup_data(setup)) == setup
    names = [setup.name for setup in possible(card_of(24, ("torchao", "bitsandbytes")))]
    assert len(set(names)) == len(names)
    good = setup_data(CARD)
    bad: list[object] = [None, 3, [], {}, good | {"offload": "all"}, good | {"tiles": 1}, good | {"more": 1}]
    assert [setup_from(data) for data in bad] == [None] * len(bad)
