"""Phrases that count more or less than the rest of a prompt, as a push on the velocity.

Scaling a phrase's word states does nothing here: the network reads them through norms. What the words of a phrase do to
a clip is the difference between the velocities of the prompt and of the prompt without them, which is how guidance
knows what a whole prompt does; so a weight w adds `guidance * (w - 1)` of that difference where guidance counts, for
one more pass each. Without guidance that is the difference between w times the phrase and none; weight 0 is no phrase
at all, which costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Weighted:
    """A phrase by the prompt that remains `without` it, and how far the clip is pushed towards what the phrase does to
    it: its weight less 1. It counts `below` a noise level alone."""

    without: str
    push: float
    below: float = 1.0

    def counts(self, level: float, *, guided: bool) -> bool:
        """Whether it does at a noise level: what a whole prompt means where guidance does, texture wherever it is."""
        return level < self.below and (guided or self.below < 1)


TEXTURES = {"oil painting": 1.0, "paper cut-out": 2.0, "pixel art": 1.0}
"""Looks that are made of what is fine, dabs, cut edges, blocks, and how far they are pushed: a network this young draws
half of them flat, and of paper more."""

TEXTURE_BELOW = 0.3
"""Noise level below which texture is decided. Pushed further up, a look takes part in what is where."""


RETOLD_BELOW = 0.6
"""The same in a clip that is told anew and keeps its outlines: texture is what is left to draw there."""

RETOLD = {**TEXTURES, "paper cut-out": 4.0, "pixel art": 2.0}
"""How far such a clip is pushed towards its look."""

OTHERS_RETOLD = 0.5
"""The same of all other looks: more paints what the network has never seen over with their colours."""


def textured(look: str, plain: str, *, retold: bool = False) -> tuple[Weighted, ...]:
    """What brings out the texture of a look, away from the same prompt in a `plain` one; nothing for most looks, unless
    a clip is told anew in them."""
    if retold and look:
        return (Weighted(plain, RETOLD.get(look, OTHERS_RETOLD), RETOLD_BELOW),)
    return (Weighted(plain, TEXTURES[look], TEXTURE_BELOW),) if look in TEXTURES else ()


def pushed(velocity: Tensor, weighted: Sequence[Weighted], positive: Tensor, without: Tensor, scale: float) -> Tensor:
    """A velocity (B, Z, G, h, w) with what its phrases' weights add.

    Args:
        velocity: as guidance has it.
        weighted: K phrases.
        positive: (B, Z, G, h, w), that of the whole prompt.
        without: (K, B, Z, G, h, w), those of the prompt without each of the phrases.
        scale: the guidance's, 1 where it is in the velocities already.
    """
    if not weighted:
        return velocity
    pushes = torch.tensor([phrase.push for phrase in weighted], device=velocity.device).view(-1, 1, 1, 1, 1, 1)
    return velocity + scale * (pushes * (positive - without)).sum(dim=0)
