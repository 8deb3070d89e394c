"""Prompts in words that no caption uses: what of the language reaches the picture beyond what was taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sora_studio.training.evaluation.held_out import held_out_tasks
from sora_studio.training.evaluation.labels import values_of
from sora_studio.training.world import phrases, synonyms

BEFORE: Final[dict[str, str]] = {"green hills": "on", "beach": "at", "sea": "on"}
"""How an unseen word for a place is joined to a sentence, where not with "in"."""

ODDS: Final = 0.6
"""How often an attribute is said with an unseen word, where there is one."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, the attributes that it says with unseen words, and a seed."""

    text: str
    wanted: dict[str, str]
    seed: int


def unseen_prompts(seed: int, count: int) -> list[Prompt]:
    """`count` prompts, the same for a seed; each has at least one unseen word."""
    rng = np.random.default_rng([seed, 1100])
    prompts: list[Prompt] = []
    for task in held_out_tasks(seed, 3, 4 * count):
        values = values_of(task.scene)
        said, wanted = {}, {}
        for name, value in values.items():
            options = synonyms.UNSEEN[name].get(value, ())
            if options and rng.random() < ODDS:
                said[name] = options[int(rng.integers(len(options)))]
                wanted[name] = value
            else:
                said[name] = _usual(name, value)
        if wanted and len(prompts) < count:
            if "place" in wanted:
                said["place"] = _placed(values["place"], said["place"])
            prompts.append(Prompt(_sentence(said), wanted, task.seed))
    return prompts


def _placed(place: str, word: str) -> str:
    """A word for a place as a sentence takes it: "on the downs", but "downtown"."""
    return f"{BEFORE.get(place, 'in')} {word}" if word.startswith(("a ", "an ", "the ")) else word


def _usual(name: str, value: str) -> str:
    tables = {
        "subject": phrases.SUBJECTS,
        "colour": phrases.COLOURS,
        "place": phrases.PLACES,
        "time": phrases.TIMES,
        "weather": phrases.WEATHERS,
        "motion": phrases.MOTIONS,
        "camera": phrases.CAMERAS,
        "look": phrases.LOOKS,
    }
    return tables[name][value][0]


def _sentence(said: dict[str, str]) -> str:
    """One sentence with every attribute, colour only if it can be seen."""
    noun = " ".join(filter(None, (said.get("colour"), said["subject"])))
    article = "an" if noun[0] in "aeiou" else "a"
    words = f"{article} {noun} {said['motion']} {said['place']} {said['time']} {said['weather']}"
    return f"{words}, {said['camera']}, {said['look']}"
