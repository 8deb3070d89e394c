"""Does a clip show what its prompt says? Read by the classifier, attribute by attribute, in both modes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sora_studio.training.evaluation.held_out import held_out_tasks
from sora_studio.training.evaluation.labels import CLASSES, values_of
from sora_studio.training.evaluation.measures import Measure
from sora_studio.training.evaluation.reading import NO_CLASSIFIER, Score
from sora_studio.training.evaluation.setting import Mode, Setting
from sora_studio.training.evaluation.unseen import unseen_prompts

BARS: Final[dict[str, float | None]] = {
    "subject": 90.0,
    "colour": 90.0,
    "place": 90.0,
    "time": 90.0,
    "weather": None,
    "motion": 80.0,
    "camera": 80.0,
    "look": 90.0,
}

CLOSE: Final = 5.0
"""Points by which a draft may be behind."""

COMPARED: Final = ("subject", "colour", "place", "time", "look")

UNDERSTOOD: Final = 70.0


def measure_adherence(setting: Setting) -> Iterator[Measure]:
    """The share of clips that show what was asked, by attribute and mode, and how far a draft is behind."""
    scores: dict[Mode, Score] = {}
    for mode in setting.modes:
        scores[mode] = _score(setting, mode) if setting.classifier is not None else Score()
        for name, bar in BARS.items():
            note = scores[mode].note(name) if setting.classifier is not None else NO_CLASSIFIER
            yield Measure(f"{mode} {name}", scores[mode].percent(name), bar, note=note)
    if len(setting.modes) < 2:
        return
    for name in COMPARED:
        fine, draft = scores["fine"].percent(name), scores["draft"].percent(name)
        behind = None if fine is None or draft is None else fine - draft
        note = "fine less draft" if behind is not None else NO_CLASSIFIER
        yield Measure(f"draft behind in {name}", behind, CLOSE, "points", at_most=True, note=note)


def _score(setting: Setting, mode: Mode) -> Score:
    score = Score()
    tasks = held_out_tasks(setting.seed, 2, setting.effort.prompts)
    for number, task in enumerate(tasks):
        setting.say(f"{mode} prompts", number, len(tasks))
        clip = setting.make(setting.request(task.prompt, task.seed, mode))
        score.add(values_of(task.scene), setting.read([clip])[0])
    return score


def measure_synonyms(setting: Setting) -> Iterator[Measure]:
    """The share of words that no caption uses whose meaning is seen in the clip."""
    if setting.classifier is None:
        yield Measure("unseen words", None, UNDERSTOOD, note=NO_CLASSIFIER)
        return
    score = Score()
    prompts = unseen_prompts(setting.seed, setting.effort.synonyms)
    for number, prompt in enumerate(prompts):
        setting.say("prompts with unseen words", number, len(prompts))
        clip = setting.make(setting.request(prompt.text, prompt.seed))
        score.add(prompt.wanted, setting.read([clip])[0])
    parts = [f"{name} {score.percent(name):.0f} %" for name in CLASSES if score.asked.get(name)]
    note = f"of {sum(score.asked.values())} words in {len(prompts)} prompts: {', '.join(parts)}"
    yield Measure("unseen words", score.overall, UNDERSTOOD, note=note)
