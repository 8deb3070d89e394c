"""Weights of phrases: what is read of a text, and that changing a weight changes nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_studio.core.emphasis import LEAST, MOST, Change, Leaning, check, groups, plain, spoken, weigh
from sora_studio.core.errors import BadInput


@dataclass(frozen=True)
class Part:
    """A piece of a prompt: words, or parts in a bracket with a weight."""

    words: str = ""
    inside: tuple[Part, ...] = ()
    weight: float = 1.0

    def written(self) -> str:
        """As an artist types it."""
        if not self.inside:
            return self.words.replace("(", r"\(").replace(")", r"\)")
        return f"({''.join(part.written() for part in self.inside)}:{self.weight:g})"

    def read(self) -> str:
        """The words alone."""
        return "".join(part.read() for part in self.inside) if self.inside else self.words

    def weights(self) -> list[tuple[str, float]]:
        """Every weighted phrase in it, in the order of their brackets."""
        own = [(self.read(), self.weight)] if self.inside else []
        return own + [found for part in self.inside for found in part.weights()]


WORDS = st.text("ab ,():1.-é雲\n", min_size=1, max_size=8)
SPOKEN = WORDS.filter(lambda words: words.strip())  # a bracket around nothing is no weight
WEIGHTS = st.integers(0, 200).map(lambda hundredths: hundredths / 100)
PARTS = st.recursive(
    st.builds(Part, SPOKEN),
    lambda parts: st.builds(Part, st.just(""), st.lists(parts, min_size=1, max_size=3).map(tuple), WEIGHTS),
    max_leaves=6,
)
PROMPTS = st.lists(PARTS, max_size=5).map(tuple)
ANYTHING = st.text("ab ():1.\\,{|}_é雲\n", max_size=40)


@settings(max_examples=100, deadline=None)
@given(PROMPTS)
def test_what_is_written_is_read(parts: tuple[Part, ...]) -> None:
    text = "".join(part.written() for part in parts)
    assert plain(text) == "".join(part.read() for part in parts)
    found = [(plain(text[group.start + 1 : group.end]), group.weight) for group in groups(text)]
    assert found == [one for part in parts for one in part.weights()]


@settings(max_examples=100, deadline=None)
@given(ANYTHING)
def test_anything_is_read_and_read_once(text: str) -> None:
    words = plain(text)
    assert len(words) <= len(text)
    assert spoken(text)[0] == words or any(group.weight == 0 for group in groups(text))
    for group in groups(text):
        assert text[group.start] == "("
        assert text[group.stop - 1] == ")"
        assert text[group.start + 1 : group.end].strip()


@settings(max_examples=100, deadline=None)
@given(ANYTHING, st.data())
def test_changing_a_weight_keeps_every_word(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    by = data.draw(st.sampled_from([0.1, -0.1]))
    change = weigh(text, start, stop, by)
    if change is None:
        return
    after = change.apply(text)
    assert plain(after) == plain(text)
    assert after[slice(*change.selected)].strip()
    back = weigh(after, *change.selected, -by)
    again = back.apply(after) if back is not None else after
    inside = all(LEAST < group.weight < MOST for group in (*groups(text), *groups(after)))
    if inside and not groups(text):
        assert again == text


def test_half_a_bracket_gets_no_weight() -> None:
    assert weigh("red ()", 5, 6, 0.1) is None
    assert weigh("red ()", 4, 5, 0.1) is None


PLAIN = [
    "a cat (orange) sleeps",
    "a cat (orange sleeps",
    "a cat) sleeps",
    "a smile :) and (another",
    "(:1.3)",
    "( :1.3)",
    "(fog:thick)",
    "(fog 1.3)",
    "",
]


@pytest.mark.parametrize("text", PLAIN)
def test_brackets_without_a_weight_are_brackets(text: str) -> None:
    assert plain(text) == text
    assert spoken(text) == (text, ())


def test_a_backslash_takes_a_bracket_as_it_is() -> None:
    assert spoken(r"scene \(take 2:1\), fog") == ("scene (take 2:1), fog", ())
    assert spoken(r"(a \(b\):1.5)") == ("a (b)", (Leaning("", 0.5),))
    assert plain("a \\ b") == "a \\ b"
    assert plain(r"\\(fog:1.2)") == r"\fog"


def test_a_phrase_that_counts_more_leans_the_prompt() -> None:
    prompt, leanings = spoken("a boat, (golden light:1.3), at sea")
    assert prompt == "a boat, golden light, at sea"
    assert leanings == (Leaning("a boat, at sea", pytest.approx(0.3)),)


def test_within_each_other_weights_multiply() -> None:
    prompt, (outer, inner) = spoken("a boat in ((thick:1.2) fog:1.5)")
    assert prompt == "a boat in thick fog"
    assert outer == Leaning("a boat in", pytest.approx(0.5))
    assert inner == Leaning("a boat in fog", pytest.approx(1.5 * 0.2))


def test_weight_0_leaves_a_phrase_out_and_weight_1_does_nothing() -> None:
    assert spoken("a boat, (thick (grey:1.4) fog:0), at sea") == ("a boat, at sea", ())
    assert spoken("a boat, (fog:1.0)") == ("a boat, fog", ())


def test_weights_that_cannot_be_had_are_refused_in_words() -> None:
    check("(a:0) (b:2) (c:1.5) (d:0.5) (e:1.1) (f:1)")
    with pytest.raises(BadInput, match=r"between 0 and 2, not as in “\(16:9\)”.*write \\\("):
        check("a screen (16:9)")
    with pytest.raises(BadInput, match="between 0 and 2"):
        check("(fog:-1)")
    with pytest.raises(BadInput, match="5 phrases of the prompt have weights, and at most 4 can"):
        check("(a:1.1) (b:1.1) (c:1.1) (d:1.1) (e:1.1)")


def weighed(text: str, by: float = 0.1) -> str:
    """A text with | at the cursor, or around what is selected, after a change of weight, and so marked again."""
    start = text.index("|")
    stop = text.rindex("|") - (text.count("|") - 1)
    words = text.replace("|", "")
    change = weigh(words, start, stop, by)
    if change is None:
        return "nothing"
    assert isinstance(change, Change)
    after = change.apply(words)
    first, last = change.selected
    return f"{after[:first]}|{after[first:last]}|{after[last:]}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a bo|at", "a (|boat|:1.1)"),
        ("a |golden light| there", "a (|golden light|:1.1) there"),
        ("a| golden light |there", "a (|golden light|:1.1) there"),
        ("a (golden li|ght:1.1) there", "a (|golden light|:1.2) there"),
        ("a (|golden light|:0.9) there", "a |golden light| there"),
        ("a |(golden light:1.1)| there", "a (|golden light|:1.2) there"),
        ("a (golden |light|:1.1) there", "a (golden (|light|:1.1):1.1) there"),
        ("(fog:2|)", "(|fog|:2)"),
        ("an __anim|als__ park", "an (|__animals__|:1.1) park"),
        ("well-kep|t garden", "(|well-kept|:1.1) garden"),
        ("a  |  boat", "nothing"),
        ("", "nothing"),
        ("a |cat (black| one)", "nothing"),
    ],
)
def test_a_weight_is_raised_where_the_cursor_is(before: str, after: str) -> None:
    assert weighed(before or "|") == after


def test_a_weight_is_lowered_to_0_and_not_below() -> None:
    text = "(fog:0.2)"
    for expected in ("(fog:0.1)", "(fog:0)", "(fog:0)"):
        change = weigh(text, 2, 2, -0.1)
        assert change is not None
        text = change.apply(text)
        assert text == expected
