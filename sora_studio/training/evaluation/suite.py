"""All measures in the order in which they are taken and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sora_studio.core.errors import BadInput
from sora_studio.training.evaluation.adherence import measure_adherence, measure_synonyms
from sora_studio.training.evaluation.alive import measure_alive
from sora_studio.training.evaluation.joins import measure_bridge, measure_extension, measure_loop
from sora_studio.training.evaluation.measures import Measure
from sora_studio.training.evaluation.minute import measure_minute
from sora_studio.training.evaluation.performance import measure_speed, measure_weights
from sora_studio.training.evaluation.reading import measure_reading
from sora_studio.training.evaluation.reconstruction import measure_reconstruction
from sora_studio.training.evaluation.restyle import measure_restyle
from sora_studio.training.evaluation.retrieval import measure_retrieval
from sora_studio.training.evaluation.setting import Setting

GROUPS: Final[dict[str, Callable[[Setting], Iterator[Measure]]]] = {
    "classifier": measure_reading,  # first: the instrument before what it measures
    "vae": measure_reconstruction,
    "prompts": measure_adherence,
    "synonyms": measure_synonyms,
    "animate": measure_alive,
    "extend": measure_extension,
    "bridge": measure_bridge,
    "restyle": measure_restyle,
    "loop": measure_loop,
    "minute": measure_minute,
    "speed": measure_speed,
    "weights": measure_weights,
    "clip": measure_retrieval,
}


def evaluate(setting: Setting, only: Sequence[str] = ()) -> Iterator[Measure]:
    """Take the measures of the groups named in `only`, or all. Raises BadInput for a name that isn't one."""
    unknown = [name for name in only if name not in GROUPS]
    if unknown:
        raise BadInput(f"There is no measure called “{unknown[0]}”. Choose from: {', '.join(GROUPS)}.")
    for name, take in GROUPS.items():
        if not only or name in only:
            yield from take(setting)
