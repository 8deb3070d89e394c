"""Looks are files an artist can share: what was written is read again, and anything else gives a sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput
from sora_studio.core.looks import (
    LONGEST_TITLE,
    MAX_FILE,
    Look,
    find_look,
    from_text,
    load_look,
    name_for,
    shipped_looks,
    to_text,
)
from sora_studio.core.request import Lora

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def test_every_shipped_look_tells_the_prompt() -> None:
    looks = shipped_looks()
    assert len(looks) >= 8
    assert len({look.name for look in looks}) == len(looks)
    for look in looks:
        assert look.apply("a red cat").startswith("a red cat")


def test_an_unknown_look_lists_the_names() -> None:
    with pytest.raises(BadInput, match="watercolour"):
        find_look("cubist")
    assert find_look("Watercolour").name == "watercolour"


GOOD = {"title": "Ink", "template": "{prompt}, ink"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"template": "no words"}, r"needs \{prompt\}"),
        ({"template": 3}, "template is no text"),
        ({"title": ""}, "needs a title"),
        ({"title": "x" * (LONGEST_TITLE + 1)}, "needs a title"),
        ({"title": "\ud800"}, "title is no text"),
        ({"keep": "much"}, "keep is no number"),
        ({"keep": 2}, "between 0 and 1"),
        ({"keep": True}, "keep is no number"),
        ({"keep": 10**400}, "keep is no number"),
        ({"loras": {}}, "no list"),
        ({"loras": [{}]}, "no path"),
        ({"loras": [{"path": "a", "weight": 50}]}, "weight of a LoRA"),
        ({"picture": "%%%"}, "picture is no picture"),
        ({"reference": "aGVsbG8="}, "no PNG, JPEG or WebP"),
        ({"version": 99}, "newer Sora Studio"),
        ({"version": "2"}, "version is no number"),
        ({"format": "another"}, "not a look of Sora Studio"),
    ],
)
def test_a_damaged_look_is_refused_in_words(change: dict[str, object], words: str) -> None:
    assert from_text(json.dumps(GOOD)).title == "Ink"
    with pytest.raises(BadInput, match=words) as caught:
        from_text(json.dumps({**GOOD, **change}), "ink.json")
    assert "ink.json" in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"name": "x"}', '{"title": "X"}', "[" * 100_000])
def test_what_is_no_look_is_refused_with_the_files_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "look.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"look\.json"):
        load_look(path)


def test_files_that_are_no_text_too_large_or_gone_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="no text"):
        load_look(path)
    with path.open("wb") as file:
        file.truncate(MAX_FILE + 1)
    with pytest.raises(BadInput, match="too large"):
        load_look(path)
    with pytest.raises(BadInput, match="cannot be read"):
        load_look(tmp_path / "nowhere.json")


def test_the_first_version_is_still_read() -> None:
    old = {"name": "flat", "title": "Illustration", "template": "{prompt}, flat", "thumbnail": "flat.png"}
    assert from_text(json.dumps(old)) == Look("flat", "Illustration", "{prompt}, flat", "flat.png")


words = st.text(max_size=60).filter(lambda text: not any(0xD800 <= ord(sign) < 0xE000 for sign in text))
looks = st.builds(
    Look,
    name=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    title=words.map(str.strip).filter(bool),
    template=words.map(lambda text: f"{text}{{prompt}}{text}"),
    negative=words,
    keep=st.floats(0, 1),
    loras=st.lists(st.builds(Lora, words.filter(bool), st.floats(-4, 4)), max_size=3).map(tuple),
    picture=st.sampled_from([b"", PNG]),
    reference=st.binary(max_size=40).map(lambda data: PNG + data),
)


@given(looks)
def test_what_is_written_is_read_again(look: Look) -> None:
    assert from_text(to_text(look)) == look


@given(st.text(max_size=300))
def test_any_text_gives_a_look_or_a_sentence(text: str) -> None:
    _read(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
KEYS = ("format", "version", "name", "title", "template", "negative", "keep", "loras", "picture", "reference")


@given(looks, st.dictionaries(st.sampled_from(KEYS), json_values, max_size=3))
def test_a_look_with_anything_in_its_place_gives_a_look_or_a_sentence(look: Look, change: dict[str, object]) -> None:
    _read(json.dumps({**json.loads(to_text(look)), **change}))


def _read(text: str) -> None:
    try:
        look = from_text(text, "look.json")
    except BadInput as exc:
        said = str(exc)
    else:
        assert from_text(to_text(look)) == look
        return
    assert "look.json" in said
    assert said.endswith(".")


def test_names_are_made_of_titles_and_differ() -> None:
    assert name_for("Ölfarbe & Gold!") == "olfarbe-gold"
    assert name_for("雨") == "look"
    assert name_for("Ink", ("ink", "ink-2")) == "ink-3"
    with pytest.raises(BadInput, match="cannot name"):
        replace(from_text(json.dumps(GOOD)), name="../../etc")
