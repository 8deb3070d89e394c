"""The title of a clip is as long as can be read, and never ends inside a word."""

from __future__ import annotations

import pytest

from sora_studio.core.naming import LONGEST, short_name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("  a red\n balloon ", "a red balloon"),
        ("", ""),
        ("a red balloon rises over the green hills, at sunset", "a red balloon rises over the green…"),
        ("a red balloon rises over green hills, at sunset", "a red balloon rises over green hills…"),
        ("a (red:1.3) balloon", "a red balloon"),
        ("熱氣球" * 20, ("熱氣球" * 13) + "…"),
    ],
)
def test_a_name_is_cut_between_words(words: str, name: str) -> None:
    assert short_name(words) == name
    assert len(name) <= LONGEST
