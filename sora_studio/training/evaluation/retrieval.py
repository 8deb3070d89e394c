"""Whether CLIP finds the caption of a clip among those of others, and the clip of a caption."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from sora_studio.model.clip import SoraCLIPModel
from sora_studio.training.evaluation.held_out import held_out_tasks
from sora_studio.training.evaluation.measures import Measure
from sora_studio.training.evaluation.setting import Setting
from sora_studio.training.latents import encode_texts
from sora_studio.training.sheets import to_tensor

CHOICES = 32
"""Captions among which the right one is looked for."""


@torch.inference_mode()
def measure_retrieval(setting: Setting) -> Iterator[Measure]:
    """Share of right choices among 32, both ways; a figure without a bar."""
    folder = setting.folder / "clip"
    names = ("CLIP: text of a clip", "CLIP: clip of a text")
    if not folder.is_dir():
        for name in names:
            yield Measure(name, None, None, note="no CLIP in the model folder: train clip, then train export clip")
        return
    clip: SoraCLIPModel = SoraCLIPModel.from_pretrained(folder, dtype=torch.bfloat16).eval()
    tasks = held_out_tasks(setting.seed, 11, max(CHOICES, setting.effort.pairs) // CHOICES * CHOICES)
    right = np.zeros(2)
    for start in range(0, len(tasks), CHOICES):
        setting.say("retrieval", start, len(tasks))
        group = tasks[start : start + CHOICES]
        videos = torch.cat(
            [clip.encode_video(to_tensor(task.render(setting.length)[None]).bfloat16()) for task in group]
        )
        states = encode_texts(setting.folder, [task.prompt for task in group])
        texts = torch.cat([clip.encode_text(own[None]) for own in states])  # (N, J)
        closeness = videos.float() @ texts.float().T  # (N, N)
        own = torch.arange(len(group))
        right += [float((closeness.argmax(dim=axis) == own).sum()) for axis in (1, 0)]
    for name, good in zip(names, right, strict=True):
        yield Measure(
            name, 100 * float(good) / len(tasks), None, note=f"of {len(tasks)}, among {CHOICES}; chance is 3 %"
        )
