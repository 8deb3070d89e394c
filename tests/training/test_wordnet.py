"""Words found in WordNet: by a small excerpt of its own files (tests/training/wordnet, their notice at their head)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.resources import resource
from sora_studio.training.commands import main
from sora_studio.training.wordnet import WordNet, read_wordnet
from sora_studio.training.words import FILE, derive, text_of, verb_forms
from sora_studio.training.world.meanings import ROOTS, UNSAID, Roots
from sora_studio.training.world.synonyms import UNSEEN

EXCERPT = Path(__file__).parent / "wordnet"
FEW: dict[str, Roots] = {
    "subject": {"bird": "bird.n.01", "fish": "fish.n.01", "cat": "feline.n.01", "tree": "tree.n.01"},
    "colour": {"red": "red.n.01 =red.a.01", "grey": "=slate-grey.a.01"},
    "place": {"desert": "desert.n.01", "city": "city.n.01"},
    "motion": {
        "rises": "=rise.v.01 =soar.v.01 =soar.v.03 =soar.v.04",
        "bounces": "=bob.v.01 =hop.v.01",
        "orbits": "=orbit.v.01",
    },
}
MADE: dict[str, Roots] = {"subject": {"fish": "fish.n.02", "tree": "wood.n.01"}}


@pytest.fixture(scope="module")
def net() -> WordNet:
    return read_wordnet(EXCERPT)


@pytest.fixture(scope="module")
def found(net: WordNet) -> dict[str, dict[str, list[str]]]:
    return derive(net, FEW, "big_cat.n.01", MADE)["also"]  # type: ignore[no-any-return]


def words(found: dict[str, dict[str, list[str]]]) -> set[str]:
    return {word for entries in found.values() for said in entries.values() for word in said}


def test_synsets_are_read_with_their_words_counts_and_pointers(net: WordNet) -> None:
    owl = net.named("owl.n.01")
    assert owl.words[0] == "owl"
    assert owl.kind == "05"
    assert net.named("bird_of_prey.n.01").key in {key for symbol, key in owl.pointers if symbol == "@"}
    assert owl.key in net.narrower(net.named("bird_of_prey.n.01").key)
    assert [sense.number for sense in net.of("sparrow")] == [1, 2]
    assert net.named("red.a.01").satellite


def test_kinds_of_a_thing_are_called_by_it_however_far_below(found: dict[str, dict[str, list[str]]]) -> None:
    assert {"sparrow", "finch", "owl", "swan"} <= set(found["subject"]["bird"])
    assert {"Siamese cat", "domestic cat", "feline"} <= set(found["subject"]["cat"])


def test_what_stands_apart_is_left_out_with_its_kinds(found: dict[str, dict[str, list[str]]]) -> None:
    assert not {"lion", "big cat"} & words(found)


def test_a_word_that_is_mostly_another_thing_is_not_taken(found: dict[str, dict[str, list[str]]]) -> None:
    assert not {"perch", "duck"} & words(found), "to perch and to duck are met more often"
    assert not {"ruby", "wine"} & words(found), "a stone and a drink"


def test_wood_and_flesh_speak_for_their_tree_and_fish(found: dict[str, dict[str, list[str]]], net: WordNet) -> None:
    assert "oak" in found["subject"]["tree"]
    assert "trout" in found["subject"]["fish"]
    assert not {"oak", "trout"} & words(derive(net, FEW, "big_cat.n.01", {})["also"])
    assert "peach" not in words(found), "that is a fruit first"


def test_the_young_are_known_by_their_gloss(found: dict[str, dict[str, list[str]]]) -> None:
    assert "kitten" in found["subject"]["cat"]
    assert {"owlet", "cygnet"} <= set(found["subject"]["bird"])


def test_latin_names_are_nobodys_words_and_proper_names_are_places(found: dict[str, dict[str, list[str]]]) -> None:
    assert not {word for word in words(found) if word.startswith(("Felis", "genus"))}
    assert "Sahara" in found["place"]["desert"]
    assert "Paris" in found["place"]["city"]
    assert "Lincoln" not in words(found), "a person first"


def test_verbs_are_found_in_the_forms_of_a_sentence(found: dict[str, dict[str, list[str]]]) -> None:
    assert {"soars", "soaring"} <= set(found["motion"]["rises"])
    assert {"bobs", "bobbing", "hops"} <= set(found["motion"]["bounces"])
    assert "orbit" not in found["motion"]["orbits"], "an orbit is a noun"


@pytest.mark.parametrize(
    ("verb", "does", "doing"),
    [
        ("bob", "bobs", "bobbing"),
        ("glide", "glides", "gliding"),
        ("pass", "passes", "passing"),
        ("fly", "flies", "flying"),
        ("sway", "sways", "swaying"),
        ("go up", "goes up", "going up"),
        ("lie", "lies", "lying"),
        ("rest", "rests", "resting"),
        ("soar", "soars", "soaring"),
        ("hover", "hovers", "hovering"),
        ("swivel", "swivels", "swivelling"),
        ("spin", "spins", "spinning"),
        ("float", "floats", "floating"),
        ("flee", "flees", "fleeing"),
        ("linger", "lingers", "lingering"),
        ("ricochet", "ricochets", "ricocheting"),
    ],
)
def test_forms_of_verbs_are_spelled_right(verb: str, does: str, doing: str) -> None:
    assert verb_forms(verb) == (verb, does, doing)


def test_things_that_are_colours_before_a_noun_are_listed_apart(net: WordNet) -> None:
    colours = derive(net, FEW, "", MADE)
    assert {"ruby", "wine"} <= set(colours["before_nouns"]["colour"]["red"])
    assert {"crimson", "scarlet"} <= set(colours["also"]["colour"]["red"])
    assert "slate-grey" in colours["also"]["colour"]["grey"]


def test_the_same_files_give_the_same_text(net: WordNet) -> None:
    turned = replace(net, synsets=dict(reversed(net.synsets.items())))
    text = text_of(derive(net, FEW, "big_cat.n.01", MADE))
    assert text_of(derive(turned, FEW, "big_cat.n.01", MADE)) == text
    assert json.loads(text)["also"]["subject"]["bird"] == sorted(
        json.loads(text)["also"]["subject"]["bird"], key=str.lower
    )


def test_another_folder_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["words", "--wordnet", str(tmp_path)]) == 1
    assert "has no files of WordNet" in capsys.readouterr().err
    assert main(["words", "--wordnet", str(EXCERPT)]) == 1
    assert "WordNet has no " in capsys.readouterr().err


def test_the_shipped_list_is_of_this_form_and_each_word_has_one_place() -> None:
    text = resource("prompting", FILE).read_text(encoding="utf-8")
    shipped = json.loads(text)
    assert text_of(shipped) == text
    assert {category: list(entries) for category, entries in shipped["also"].items()} == {
        category: list(entries) for category, entries in ROOTS.items()
    }
    said = [word.lower() for entries in shipped["also"].values() for some in entries.values() for word in some]
    assert len(said) == len(set(said))
    assert not UNSAID & set(said)
    assert "Princeton University" in resource("prompting", "NOTICE").read_text(encoding="utf-8")


def test_no_word_of_the_measure_was_typed_into_the_hints() -> None:
    hints = json.loads(resource("prompting", "hints.json").read_text(encoding="utf-8"))["also"]
    typed = {word.lower() for entries in hints.values() for said in entries.values() for word in said}
    measured = {phrase.lower() for table in UNSEEN.values() for said in table.values() for phrase in said}
    bare = {phrase.split(" ", 1)[1] for phrase in measured if phrase.startswith(("a ", "the ", "at ", "in "))}
    bare |= {phrase.removeprefix("the ").removeprefix("a ") for phrase in bare}
    assert not (measured | bare) & typed
