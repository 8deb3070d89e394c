"""The prompt helper through a real assistant process: the fake one for ways, the shipped tower for sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.phrasing import Phrase, Wishes
from sora_studio.core.recipe import own_words, to_recipe
from sora_studio.engines.catalog import capabilities
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.session.draft import Draft, base_request, sent_prompt
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.prompting import Considered, Question, Retold
from sora_studio.session.session import Session
from sora_studio.session.workers import ASSISTANT
from tests.session.conftest import PATIENCE


class Studio:
    def __init__(self, folder: Path, queue: JobQueue, assistant: Assistant) -> None:
        self.loop = OwnerLoop()
        self.session = Session(queue, folder, self.loop.post, assistant=assistant)
        self.found: list[object] = []
        self.said: list[str] = []

    def consider(self, question: Question) -> Considered:
        count = len(self.found)
        self.session.prompting.consider(question, self.found.append, self.said.append)
        assert self.loop.run_until(lambda: len(self.found) > count or bool(self.said), PATIENCE)
        assert not self.said, self.said
        (found,) = self.found[count:]
        assert isinstance(found, Considered)
        return found


@pytest.fixture(scope="module")
def fake() -> Iterator[Assistant]:
    made = Assistant("tests.fakes.understanding:load")
    yield made
    made.close()


@pytest.fixture(scope="module")
def real() -> Iterator[Assistant]:
    made = Assistant(ASSISTANT)
    yield made
    made.close()


@pytest.fixture
def studio(home: Path, tmp_path: Path, queue: JobQueue, fake: Assistant) -> Iterator[Studio]:
    made = Studio(tmp_path / "film", queue, fake)
    yield made
    made.session.close()


@pytest.fixture
def wise(home: Path, tmp_path: Path, queue: JobQueue, real: Assistant) -> Iterator[Studio]:
    made = Studio(tmp_path / "film", queue, real)
    yield made
    made.session.close()


def test_the_shipped_tower_finds_phrases_that_fit(wise: Studio) -> None:
    places = {}
    for prompt in ("a jellyfish", "a rocket starts", "a yacht", "birthday party"):
        found = wise.consider(Question(prompt))
        places[prompt] = next((offer.text for offer in found.offers if offer.category == "place"), "")
        assert found.sent.startswith(prompt)
        assert found.tokens <= found.limit == 77
    assert places == {
        "a jellyfish": "underwater",
        "a rocket starts": "in space",
        "a yacht": "on the sea",
        "birthday party": "in the city",
    }
    looks = {offer.category: offer.text for offer in wise.consider(Question("an old detective")).offers}
    assert looks["look"] == "black and white film"
    assert wise.consider(Question("an old detective")) == wise.consider(Question("an old detective"))


def test_the_shipped_tower_says_what_was_understood_and_what_was_not(wise: Studio) -> None:
    found = wise.consider(Question("a truck under a chandelier at dusk, snowfall"))
    assert {(one.category, one.entry, one.words) for one in found.reading.said} == {
        ("subject", "car", "truck"),
        ("time", "sunset", "dusk"),
        ("weather", "snow", "snowfall"),
    }
    assert found.reading.open == ("chandelier",)
    assert not {"time", "weather"} & {offer.category for offer in found.offers}
    assert not wise.consider(Question("a truck under a chandelier", "wan")).named, "larger models know more words"


def test_what_is_sent_is_what_was_shown_and_is_in_the_recipe(studio: Studio) -> None:
    found = studio.consider(Question("a red balloon", look="watercolour"))
    draft = Draft("a red balloon", look="watercolour", phrases=tuple(offer.phrase for offer in found.offers), seed=1)
    assert "look" not in {offer.category for offer in found.offers}
    request = base_request(draft, capabilities("sora"), draft.size)
    assert request.prompt == found.sent == sent_prompt(draft)
    assert to_recipe(request)["prompt"] == found.sent
    assert request.prompt.startswith("a red balloon ")
    assert own_words(to_recipe(request)) == "a red balloon"
    bare = base_request(replace(draft, phrases=(), look=""), capabilities("sora"), draft.size)
    assert bare.prompt == "a red balloon"


def test_without_help_a_prompt_is_read_and_counted_and_nothing_is_offered(studio: Studio) -> None:
    found = studio.consider(Question("a red balloon " * 40, help=False))
    assert found.offers == ()
    assert found.sent == ("a red balloon " * 40).strip()
    assert found.tokens == 122 > found.limit
    assert found.reading.value("subject") == "balloon"


def test_phrases_that_would_be_cut_off_are_not_offered(studio: Studio) -> None:
    found = studio.consider(Question("a red balloon " * 22))
    assert 0 < len(found.offers) < 5
    assert found.tokens <= found.limit
    assert not studio.consider(Question("a red balloon " * 30)).offers
    assert len(studio.consider(Question("a red balloon " * 30, "wan")).offers) == 6, "another tower, another limit"


def test_wishes_are_kept(studio: Studio) -> None:
    found = studio.consider(Question("a red balloon", wishes=Wishes().choose("time", "at night").remove("look")))
    offered = {offer.category: offer for offer in found.offers}
    assert offered["time"].phrase == Phrase("time", "at night", chosen=True)
    assert "look" not in offered


def test_an_assistant_that_dies_is_told_and_the_next_question_is_answered(studio: Studio) -> None:
    studio.session.prompting.consider(Question("exit"), studio.found.append, studio.said.append)
    assert studio.loop.run_until(lambda: bool(studio.said), PATIENCE)
    assert "exit code 3" in studio.said.pop()
    assert studio.consider(Question("a red balloon")).offers


def test_a_rewriting_says_which_words_it_left_out(studio: Studio, tmp_path: Path) -> None:
    model = tmp_path / "poet.gguf"
    model.touch()
    rewrite = studio.session.prompting.rewrite
    rewrite(model, "a red balloon", studio.found.append, studio.said.append)
    rewrite(model, "a forgetful balloon", studio.found.append, studio.said.append)
    rewrite(tmp_path / "gone.gguf", "a balloon", studio.found.append, studio.said.append)
    assert studio.loop.run_until(lambda: len(studio.found) + len(studio.said) == 3, PATIENCE)
    assert studio.found == [
        Retold("a red balloon, told in more words by poet.", ()),
        Retold("Something else entirely.", ("forgetful", "balloon")),
    ]
    assert "is not there" in studio.said[0]


def test_the_settings_of_the_helper_are_kept(studio: Studio, home: Path) -> None:
    settings = studio.session.settings
    studio.session.adjust(replace(settings, prompting=replace(settings.prompting, helper=False)))
    assert not studio.session.settings.prompting.helper
    assert "helper = false" in (home / "config" / "settings.toml").read_text()
