"""Which setup a model is run with here, and how that is said. The choice is offered, never made for the artist behind
his back: what does not fit can be tried, and another setup be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from sora_studio.core.forecast import Forecast, Networks, Past, Run, forecast
from sora_studio.core.language import mark, tr
from sora_studio.core.machine import Machine
from sora_studio.core.open_model import gigabytes
from sora_studio.core.setup import LIBRARIES, OFFLOADS, Offload, Precision, Quantised, Setup, in_words
from sora_studio.core.speed import Speed, speed_in_words

Verdict = Literal["fits", "tight", "too large"]

VERDICTS: dict[Verdict, str] = {"fits": mark("fits"), "tight": mark("tight"), "too large": mark("too large")}

ROOM = 0.94
"""Share of free memory that is counted on: it is never to be had to the last byte."""
WORTH_SAYING = 1.15
"""How many times as slow as with everything on the card a setup must be for that to be said."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A setup with its forecast. `tight`: it fits because of what the setup gives up. `slowdown` is how many times as
    long it takes as with all of the model on the card."""

    setup: Setup
    forecast: Forecast
    verdict: Verdict
    slowdown: float = 1.0


Known = Callable[[Setup], Past]
"""What was measured of a model in a setup."""


def nothing_known(setup: Setup) -> Past:
    """No setup was measured before."""
    del setup
    return Past()


def possible(machine: Machine) -> Iterator[Setup]:
    """The setups that a machine can run, the best first: what the model was made with on the card, then part by part;
    weights made smaller come last."""
    precision: Precision = "bf16" if machine.device.bf16 else "fp32"
    if not machine.device.is_card:
        where: Literal["card", "processor"] = "card" if machine.cards else "processor"
        yield Setup(where, precision)
        yield Setup(where, precision, tiles=True)
        return
    for offload in OFFLOADS:
        for tiles in (False, True) if offload in ("none", "model") else (True,):
            yield Setup("card", precision, offload=offload, tiles=tiles)
    smaller: tuple[Quantised, ...] = ("int8", "nf4")
    shrunk: tuple[Offload, ...] = ("none", "model")
    for quantised in smaller:
        if LIBRARIES[quantised] in machine.quantisers:
            for offload in shrunk:
                yield Setup("card", precision, quantised, offload, tiles=True)
    yield Setup("processor", "bf16" if machine.processor.bf16 else "fp32")


def fit(networks: Networks, run: Run, machine: Machine, setup: Setup, known: Known = nothing_known) -> Fit:
    """How a setup fits a run."""
    found = forecast(networks, run, machine, setup, known(setup))
    whole = Setup(setup.where, setup.precision, speed=setup.speed)
    slowdown = found.seconds / max(1e-9, forecast(networks, run, machine, whole, known(whole)).seconds)
    card_fits = setup.where == "processor" or found.card <= ROOM * machine.device.free
    shared = 0 if machine.device.is_card or setup.where == "processor" else found.card  # one memory for both
    if not card_fits or found.ram + shared > ROOM * machine.processor.free:
        return Fit(setup, found, "too large", slowdown)
    tight = setup.offload != "none" or not setup.lossless or setup.tiles
    return Fit(setup, found, "tight" if tight else "fits", slowdown)


def fits(
    networks: Networks, run: Run, machine: Machine, known: Known = nothing_known, speed: Speed = Speed()
) -> tuple[Fit, ...]:
    """All setups of a machine, with what is done to be quicker."""
    return tuple(fit(networks, run, machine, replace(setup, speed=speed), known) for setup in possible(machine))


def best(found: tuple[Fit, ...]) -> Fit:
    """The quickest that fits among those on the card that change no number; else the first that fits; else the one
    that needs the least of what there is too little of."""
    fitting = [one for one in found if one.verdict != "too large"]
    lossless = [one for one in fitting if one.setup.lossless and (one.setup.where == "card" or len(fitting) == 1)]
    if lossless:
        return min(lossless, key=lambda one: one.forecast.seconds)
    if fitting:
        return fitting[0]
    where = found[0].setup.where
    least = (one for one in found if one.setup.lossless and one.setup.where == where)
    return min(least, key=lambda one: (one.forecast.card, one.forecast.ram))


def verdict_in_words(one: Fit, machine: Machine) -> str:
    """How a setup fits, and what is done to be quicker, in the artist's language."""
    return " ".join(filter(None, (_room_in_words(one, machine), speed_in_words(one.setup.speed))))


def _room_in_words(one: Fit, machine: Machine) -> str:
    setup, needs = one.setup, one.forecast
    time = duration(needs.seconds)
    if setup.where == "processor":
        if one.verdict == "too large":
            return tr(
                "Needs {size} of memory, {free} are free. About {time} on the processor.",
                size=gigabytes(needs.ram),
                free=gigabytes(machine.processor.free),
                time=time,
            )
        return tr("Runs on the processor: about {time} for this clip.", time=time)
    if one.verdict == "too large":
        short = needs.card > ROOM * machine.device.free
        return (
            tr(
                "Needs {size}, this card has {free} free.",
                size=gigabytes(needs.card),
                free=gigabytes(machine.device.free),
            )
            if short
            else tr(
                "Needs {size} of memory beside the card, {free} are free.",
                size=gigabytes(needs.ram),
                free=gigabytes(machine.processor.free),
            )
        )
    said = {"size": gigabytes(needs.card), "total": gigabytes(machine.device.total), "time": time}
    if one.verdict == "fits":
        return tr("Fits: {size} of {total}, about {time}.", **said)
    if one.slowdown >= WORTH_SAYING:
        return tr(
            "Tight: {how}, about {times} times slower ({size} of {total}, about {time}).",
            how=in_words(setup),
            times=f"{one.slowdown:.2g}",
            **said,
        )
    return tr("Tight: {how} ({size} of {total}, about {time}).", how=in_words(setup), **said)


def duration(seconds: float) -> str:
    """Seconds in words, as exact as a forecast can be."""
    if seconds < 90:
        return tr("{seconds:.0f} s", seconds=max(1.0, seconds))
    if seconds < 5400:
        return tr("{minutes:.0f} min", minutes=seconds / 60)
    if seconds < 2 * 86400:
        return tr("{hours:.0f} h", hours=seconds / 3600)
    return tr("{days:.0f} days", days=seconds / 86400)
