"""Translation: every text has one in every language, placeholders match, and the compiled files are up to date."""

from __future__ import annotations

import ast
import gettext
import pickle
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from sora_studio.core import language
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr, trn
from sora_studio.core.resources import resource
from tests import languages

PATHS = languages.catalogues()


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    language.use("en")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_each_language_has_a_catalogue() -> None:
    assert {path.stem for path in PATHS} == set(language.LANGUAGES) - {"en"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_text_is_translated(path: Path) -> None:
    catalogue = languages.read(path)
    missing = []
    for text in languages.texts():
        found = catalogue.get(text if isinstance(text, str) else text[0])
        if found is None or not found.string or not all(found.string):
            missing.append(text)
    assert missing == [], "run python tests/languages.py and fill in the .po"


NOT_FOR_ARTISTS = {
    ("engines/rewriter.py", "You write promp"),
    ("ui/bench.py", "Measure the win"),
    *(("jobs/queue_store.py", f"{verb} ") for verb in ("SELECT", "INSERT", "UPDATE", "DELETE")),
}
"""Sentences that no window shows: what a language model and a database are told, and a measurement of the program."""


def test_no_sentence_goes_past_the_translation() -> None:
    package = languages.ROOT / "sora_studio"
    found = [
        (path.relative_to(package).as_posix(), line, text)
        for path in languages.sources()
        for line, text in languages.untold(ast.parse(path.read_text(encoding="utf-8")))
    ]
    left = [
        one for one in found if not any(one[0] == file and one[2].startswith(text) for file, text in NOT_FOR_ARTISTS)
    ]
    assert left == [], "raise BadInput('… {name}', name=name), tr(…), or mark(…) for what is shown through tr later"


@pytest.mark.parametrize(
    "source",
    [
        'raise BadInput(f"“{path}” is not there.")',
        'raise BadInput("One thing is wrong " + why + ". Choose another file.")',
        'text = f"“{path.name}” is not there. Choose another one."',
        'self.noticed.emit(Notice("info", f"{count} files"))',
        'return Refuse("no sound")',
    ],
)
def test_a_sentence_that_goes_past_the_translation_is_found(source: str) -> None:
    assert list(languages.untold(ast.parse(source)))


def test_an_error_speaks_the_artist_s_language_and_is_translated_once() -> None:
    language.use("zh_TW")
    error = BadInput("“{name}” has no sound. Choose another file.", name="{a}.mp4")
    assert str(error) == "「{a}.mp4」沒有聲音。請選擇其他檔案。"
    assert str(BadInput(str(error))) == str(error) == str(pickle.loads(pickle.dumps(error)))


def test_without_its_catalogue_the_program_speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(language.LANGUAGES, "xy", "Xy")
    language.use("xy")
    assert (
        str(BadInput("“{name}” has no sound. Choose another file.", name="a"))
        == "“a” has no sound. Choose another file."
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_placeholders_are_the_same_in_both_languages(path: Path) -> None:
    for message in languages.read(path):
        if message.id and message.string:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            wanted = set().union(*(fields(text) for text in ids))
            for translated in strings:
                assert fields(translated) == wanted, message.id


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_compiled_file_says_what_the_source_says(path: Path) -> None:
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in languages.read(path):
        if isinstance(message.id, str) and message.id and message.string:
            assert compiled.gettext(message.id) == message.string


def test_a_text_is_said_in_the_language_in_use() -> None:
    assert tr("Save") == "Save"
    language.use("zh_TW")
    assert tr("Save") == "儲存"
    assert tr("Nobody ever wrote this") == "Nobody ever wrote this"
    assert tr("") == ""
    language.use("xx")
    assert tr("Save") == "Save"


def test_numbers_choose_the_form() -> None:
    assert trn("{count} clip", "{count} clips", 1) == "1 clip"
    assert trn("{count} clip", "{count} clips", 2) == "2 clips"


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        (["zh-Hant-TW"], "zh_TW"),
        (["zh_TW.UTF-8"], "zh_TW"),
        (["zh-HK"], "zh_TW"),
        (["zh-Hans-CN", "en"], "en"),
        (["de-DE", "en-GB"], "en"),
        ([], "en"),
    ],
)
def test_the_system_s_wishes_choose_a_shipped_language(wishes: list[str], code: str) -> None:
    assert language.best(wishes) == code


def test_the_catalogues_are_shipped() -> None:
    assert resource("languages", "zh_TW.mo").stat().st_size > 100
