"""What a session knows of the machine: which setup a model is run in, what the artist chose, what ran out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.errors import BadInput
from sora_studio.core.fitting import verdict_in_words
from sora_studio.core.forecast import Past, Run
from sora_studio.core.manner import manner_of
from sora_studio.core.media_item import Lost, Ready
from sora_studio.core.request import Request
from sora_studio.core.setup import Setup, Shortage
from sora_studio.core.speed import Speed
from sora_studio.core.time import Size
from sora_studio.engines.catalog import capabilities
from sora_studio.media.metadata import read_recipe
from sora_studio.session.fitting import Fitting, run_of_draft
from tests.fakes.checkpoint import LARGE, paper_checkpoint, paper_weights
from tests.fakes.engine import MACHINE
from tests.session.conftest import DRAFT, Studio

RUN = Run(832, 480, 81, 50)
PARTS = Setup("card", "bf16", offload="group", tiles=True)


@pytest.fixture
def wan(home: Path) -> str:
    """A model of a real size in the library, on paper."""
    folder = paper_checkpoint(home / "data" / "models" / "Wan2.1-T2V-1.3B-Diffusers")
    paper_weights(folder, LARGE)
    return folder.name


@pytest.fixture
def fitting(studio: Studio) -> Fitting:
    """A session that knows its machine."""
    studio.session._queue.warm("fake")
    studio.until(lambda: studio.session.fitting.machine is not None)
    return studio.session.fitting


def test_the_choice_is_made_from_tables_and_said_in_words(wan: str, fitting: Fitting) -> None:
    one = fitting.of(wan, RUN)
    assert one is not None
    assert one.setup == PARTS, "12 GB of text encoder do not fit a card of 12 GB"
    said = verdict_in_words(one, MACHINE)
    assert said.startswith("Tight: a few blocks on the card at a time and decoded in tiles")
    assert " of 12.0 GB, about " in said
    whole = next(fit for fit in fitting.fits(wan, RUN) if fit.setup == Setup("card", "bf16"))
    assert verdict_in_words(whole, MACHINE) == "Needs 23.9 GB, this card has 11.0 GB free."


def test_the_built_in_model_and_folders_that_cannot_be_read_have_no_verdict(home: Path, fitting: Fitting) -> None:
    paper_checkpoint(home / "data" / "models" / "damaged")
    for engine in ("sora", "damaged", "nowhere"):
        assert fitting.of(engine, RUN) is None
        assert fitting.fits(engine, RUN) == ()
        assert fitting.setup_for(engine, RUN) is None


def test_what_the_artist_chose_is_kept_for_the_engine_and_runs(wan: str, fitting: Fitting, studio: Studio) -> None:
    told: list[bool] = []
    fitting.changed.connect(lambda: told.append(True))
    assert fitting.chosen(wan) is None
    slow = replace(PARTS, offload="leaf")
    fitting.choose(wan, slow)
    assert told
    assert fitting.setup_for(wan, RUN) == slow
    again = Fitting(studio.session._queue, studio.loop.post)
    assert again.chosen(wan) == slow
    again.close()
    fitting.choose(wan, replace(slow, quantised="nf4"))
    assert fitting.chosen(wan) is None, "its library is not installed here"
    fitting.choose(wan, None)
    assert fitting.setup_for(wan, RUN) == PARTS


def test_what_makes_it_quicker_is_kept_for_the_engine_and_travels_with_the_setup(
    wan: str, fitting: Fitting, studio: Studio
) -> None:
    assert fitting.speeds(wan) == ("cache", "compile", "cudnn", "sage")
    assert fitting.speeds("sora") == ()
    quick = Speed("sage", cache=True)
    fitting.quicken(wan, quick)
    assert fitting.setup_for(wan, RUN) == replace(PARTS, speed=quick)
    slow = replace(PARTS, offload="leaf")
    fitting.choose(wan, slow)
    assert fitting.setup_for(wan, RUN) == replace(slow, speed=quick)
    assert fitting.chosen(wan) == slow
    again = Fitting(studio.session._queue, studio.loop.post)
    assert again.speed(wan) == quick
    again.quicken(wan, Speed(), remember=False)
    assert again.setup_for(wan, RUN) == slow
    again.close()
    with pytest.raises(BadInput, match="needs the library “flash_attn”"):
        fitting.quicken(wan, Speed("flash"))
    with pytest.raises(BadInput, match="“Built-in sketch model” has no speed settings"):
        fitting.quicken("sora", quick)
    assert fitting.speed(wan) == quick
    fitting.quicken(wan, Speed())
    fitting.choose(wan, None)


def test_a_clip_s_ways_come_back_as_far_as_the_machine_has_them(wan: str, fitting: Fitting, studio: Studio) -> None:
    quick = Setup("card", "bf16", speed=Speed("sage", cache=True))
    assert fitting.restore(wan, quick, RUN) == ()
    assert fitting.setup_for(wan, RUN) == replace(PARTS, speed=quick.speed), "where parts wait is this machine's affair"
    assert fitting.chosen(wan) is None
    smaller = Setup("card", "fp32", "nf4", speed=Speed("flash", compiled=True))
    assert fitting.restore(wan, smaller, RUN) == (
        "It was made with what this machine does not have: 4-bit weights and FlashAttention 2.",
        "It was made with numbers of 32 bits, here they have 16: details will differ.",
    )
    assert fitting.setup_for(wan, RUN) == replace(PARTS, speed=Speed(compiled=True))
    assert fitting.restore(wan, Setup("card", "bf16"), RUN, remember=False) == ()
    assert fitting.setup_for(wan, RUN) == PARTS
    again = Fitting(studio.session._queue, studio.loop.post)
    assert again.speed(wan) == Speed(compiled=True), "a single run leaves what is remembered as it is"
    again.close()
    assert fitting.restore("sora", quick, RUN) == ()
    fitting.quicken(wan, Speed())


def test_a_setup_that_ran_out_of_memory_is_not_chosen_again(wan: str, fitting: Fitting, studio: Studio) -> None:
    request = Request("a ball", size=Size(832, 480), length=81, engine=wan)
    fitting.ran_out(request, Shortage("step", PARTS))
    one = next(fit for fit in fitting.fits(wan, RUN) if fit.setup == PARTS)
    assert one.verdict == "too large"
    assert one.forecast.card >= MACHINE.device.free
    assert fitting.setup_for(wan, RUN) != PARTS
    studio.session._queue.advice.experience.put(wan, PARTS, Past())


def test_a_draft_counts_as_its_longest_window(wan: str, fitting: Fitting) -> None:
    caps = capabilities(wan)
    draft = replace(DRAFT, engine=wan, size=Size(832, 480), seconds=5.0, steps=50, guidance=5.0)
    assert run_of_draft(draft, caps) == Run(832, 480, 81, 50, guided=True, windows=1)
    assert run_of_draft(replace(draft, seconds=9.6, guidance=1.0), caps) == Run(832, 480, 81, 50, False, windows=3)


def test_a_clip_goes_on_a_step_down_from_where_memory_ran_out(fitting: Fitting, studio: Studio) -> None:
    session = studio.session
    session.generate(replace(DRAFT, prompt="cramped ball", steps=6))
    studio.settled()
    (job,) = session.jobs()
    (item,) = session.project.media.values()
    assert isinstance(item.state, Lost)
    assert "Memory ran out while the pictures were decoded." in job.error
    assert job.offers[0].words == "Decode in tiles"
    assert job.step == 3, "what was made is kept"
    going = session.step_down(job.id, job.offers[0].setup)
    studio.settled()
    (item,) = session.project.media.values()
    assert isinstance(item.state, Ready)
    path = session.media_path(item.id)
    assert path is not None
    for recipe in (item.made_from, read_recipe(path)):
        setup = manner_of(recipe or {})
        assert setup is not None
        assert setup.tiles, "how it was made stands in the project and in the file"
    assert not next(one for one in session.jobs() if one.id == going).offers
    with pytest.raises(BadInput, match="no longer known"):
        session.step_down("nothing", Setup())
