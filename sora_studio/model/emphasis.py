"""Phrases that count more or less than the rest of a prompt, as a push on the velocity.

Scaling a phrase's word states does nothing here: the network reads them through norms. What the words of a phrase do to
a clip is the difference between the velocities of the prompt and of the prompt without them, which is how guidance
knows what a whole prompt does; so a weight w adds `guidance * (w - 1)` of that difference where guidance counts, for
one more pass each. Without guidance that is the difference between w times the phrase and none; weight 0 is no phrase
at all, which costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Weighted:
    """A phrase by the prompt that remains `without` it, and how far the clip is pushed towards what the phrase does to
    it: its weight less 1."""

    without: str
    push: float


def pushed(velocity: Tensor, weighted: Sequence[Weighted], positive: Tensor, without: Tensor, scale: float) -> Tensor:
    """A velocity (1, Z, G, h, w) with what its phrases' weights add.

    Args:
        velocity: as guidance has it.
        weighted: K phrases.
        positive: (1, Z, G, h, w), that of the whole prompt.
        without: (K, Z, G, h, w), those of the prompt without each of the phrases.
        scale: the guidance's, 1 where it is in the velocities already.
    """
    if not weighted:
        return velocity
    pushes = torch.tensor([phrase.push for phrase in weighted], device=velocity.device).view(-1, 1, 1, 1, 1)
    return velocity + scale * (pushes * (positive - without)).sum(dim=0, keepdim=True)
