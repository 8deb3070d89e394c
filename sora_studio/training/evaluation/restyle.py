"""A clip told again in another look: is it that look, and is it still that clip?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from sora_studio.core import tasks as verbs
from sora_studio.core.request import Footage
from sora_studio.training.evaluation.held_out import held_out_tasks, prompt_of
from sora_studio.training.evaluation.measures import Measure, mean
from sora_studio.training.evaluation.metrics import edge_correlation
from sora_studio.training.evaluation.reading import NO_CLASSIFIER, Score
from sora_studio.training.evaluation.setting import Setting
from sora_studio.training.world.vocabulary import LOOKS

LOOK: Final = 90.0
STRUCTURE: Final = 0.6


def measure_restyle(setting: Setting) -> Iterator[Measure]:
    """Held-out clips restyled at the studio's usual strength, into every look in turn."""
    score = Score()
    kept, truly = [], []
    rng = np.random.default_rng([setting.seed, 1300])
    tasks = held_out_tasks(setting.seed, 8, setting.effort.restyles)
    for number, task in enumerate(tasks):
        setting.say("restyled clips", number, len(tasks))
        others = [look for look in LOOKS if look != task.scene.look]
        goal = replace(task, scene=replace(task.scene, look=others[number % len(others)]))
        source = task.render(setting.length)
        base = setting.request(prompt_of(goal.scene, rng, number), task.seed)
        clip = setting.make(verbs.restyle(base, Footage(source, base.rate)))
        kept.append(edge_correlation(clip, source))
        truly.append(edge_correlation(goal.render(setting.length), source))
        if setting.classifier is not None:
            score.add({"look": goal.scene.look}, setting.read([clip])[0])
    told = score.note("look") if setting.classifier is not None else NO_CLASSIFIER
    yield Measure("restyle: look", score.percent("look"), LOOK, note=told)
    note = f"edges' correlation with the source; the world's own drawing in that look has {mean(truly) or 0:.2f}"
    yield Measure("restyle: structure", mean(kept), STRUCTURE, "", note=note)
