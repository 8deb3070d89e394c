"""Wildcards: the seed decides, the same seed decides the same, and what cannot end is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput
from sora_studio.core.wildcards import expand, has_wildcards

LISTS = {"animal": ("cat", "dog", "{old|young} fox"), "self": ("__self__",)}


def lists(name: str) -> tuple[str, ...]:
    if name not in LISTS:
        raise BadInput(f"There is no list for __{name}__.")
    return LISTS[name]


def test_choices_are_made_and_nested() -> None:
    seen = {expand("a {red|{dark|light} blue} ball", seed, lists) for seed in range(60)}
    assert seen == {"a red ball", "a dark blue ball", "a light blue ball"}


def test_lists_are_read_and_may_hold_choices() -> None:
    seen = {expand("the __animal__ runs", seed, lists) for seed in range(80)}
    assert seen == {"the cat runs", "the dog runs", "the old fox runs", "the young fox runs"}


@given(st.integers(0, 2**62))
def test_a_seed_decides_once(seed: int) -> None:
    text = "{a|b|c} {d|e} __animal__"
    assert expand(text, seed, lists) == expand(text, seed, lists)


def test_what_is_no_choice_stays() -> None:
    for text in ("a {red} ball", "{", "a } b {", "plain", "__ __", "snake_case__x"):
        assert not has_wildcards(text)
        assert expand(text, 1, lists) == text


def test_a_missing_or_endless_list_is_said() -> None:
    with pytest.raises(BadInput, match="no list for __bird__"):
        expand("a __bird__", 1, lists)
    with pytest.raises(BadInput, match="never end"):
        expand("__self__", 1, lists)
