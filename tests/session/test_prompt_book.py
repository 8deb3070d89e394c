"""Prompts and choices stay between sessions, and a damaged file only means that nothing is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.errors import BadInput
from sora_studio.session.draft import Draft, base_request
from sora_studio.session.prompt_book import KEPT, EngineChoice, EngineChoices, PromptBook
from sora_studio.session.wordlists import list_names, lists_folder, read_list
from tests.fakes.engine import CAPABILITIES


def test_prompts_stay_newest_first_and_once(tmp_path: Path) -> None:
    path = tmp_path / "prompts.json"
    book = PromptBook(path)
    for prompt in ("a boat", "a cat", " a boat ", ""):
        book.add(prompt)
    assert PromptBook(path).prompts == ("a boat", "a cat")
    for index in range(KEPT + 5):
        book.add(f"number {index}")
    assert len(PromptBook(path).prompts) == KEPT
    path.write_text("{")
    assert PromptBook(path).prompts == ()


def test_each_engine_remembers_its_own(tmp_path: Path) -> None:
    path = tmp_path / "engines.json"
    choices = EngineChoices(path)
    choices.keep("sora", EngineChoice(8, 3.0))
    choices.keep("other", EngineChoice(40, 6.0, "text"))
    assert EngineChoices(path).of("sora") == EngineChoice(8, 3.0)
    assert EngineChoices(path).of("other") == EngineChoice(40, 6.0, "text")
    choices.keep("sora", None)
    assert EngineChoices(path).of("sora") is None
    path.write_text('{"sora": {"steps": -4, "guidance": 1}, "other": 3}')
    assert EngineChoices(path).of("sora") is None
    assert EngineChoices(path).of("other") is None


def test_lists_come_from_the_settings_folder(home: Path) -> None:
    with pytest.raises(BadInput, match=r"one a line, into .*animals\.txt"):
        read_list("animals")
    lists_folder().mkdir(parents=True)
    (lists_folder() / "animals.txt").write_text("# mine\ncat\n\n dog \n", encoding="utf-8")
    (lists_folder() / "empty.txt").write_text("\n")
    assert list_names() == ("animals", "empty")
    assert read_list("animals") == ("cat", "dog")
    with pytest.raises(BadInput, match="is empty"):
        read_list("empty")
    draft = Draft(prompt="a __animals__ {runs|sleeps}", seed=3)
    sent = base_request(draft, CAPABILITIES, draft.size).prompt
    assert sent == base_request(draft, CAPABILITIES, draft.size).prompt
    assert {base_request(replace(draft, seed=seed), CAPABILITIES, draft.size).prompt for seed in range(40)} == {
        "a cat runs",
        "a cat sleeps",
        "a dog runs",
        "a dog sleeps",
    }
