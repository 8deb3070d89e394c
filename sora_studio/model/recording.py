"""A look at what the transformer is given, where it attends and where it sees the subject.

    with recording(transformer) as recorder:
        transformer(...)
        seen = recorder.take()

Hooks of torch's modules see the arguments of each block's cross-attention and compute its weights a second time, and
read the stream, so a network that nobody looks at does nothing more than before.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora_studio.model.pipeline import narrowed
from sora_studio.model.transformer import CrossAttention, SoraTransformer3DModel


@dataclass(frozen=True, eq=False)
class Seen:
    """One call of the transformer, its last sample: with guidance that is the prompt, not the negative prompt."""

    noisy: Tensor  # (1, Z, T, h, w)
    sigma: float
    attention: Tensor  # (blocks, S, L) float32, mean over heads, sums to 1 over L
    presence: Tensor  # (S,) float32, how sure the network is, 0 to 1, that a token holds the subject

    def on_patches(self, size: Sequence[int], patch: int) -> tuple[Tensor, Tensor, Tensor]:
        """The same on the patches of a clip whose latent is `size` (h, w).

        When the call's patches lay between those (`BETWEEN_BELOW` in pipeline.py), each shows the mean of the four that
        it lies under.

        Returns:
            Noisy latent (1, Z, T, h, w), attention (blocks, L, T, h/p, w/p) and presence (T, h/p, w/p).
        """
        height, width = (side // patch for side in self.noisy.shape[3:])
        attention = self.attention.transpose(1, 2).unflatten(2, (-1, height, width))  # (blocks, L, T, h/p, w/p)
        presence = self.presence.unflatten(0, (-1, height, width))  # (T, h/p, w/p)
        edge = (self.noisy.shape[4] - size[1]) // 2
        if edge:
            attention = F.avg_pool2d(attention.flatten(0, 1), 2, 1).unflatten(0, attention.shape[:2])
            presence = F.avg_pool2d(presence, 2, 1)
        return narrowed(self.noisy, edge), attention, presence


class Recorder:
    """Keeps what the newest call of the transformer showed."""

    def __init__(self) -> None:
        self._noisy: Tensor | None = None
        self._sigma = 0.0
        self._weights: list[Tensor] = []
        self._presence = torch.zeros(0)

    def take(self) -> Seen:
        """The newest call. Raises RuntimeError when there was none."""
        if self._noisy is None:
            raise RuntimeError("The transformer was not called while it was recorded.")
        return Seen(self._noisy, self._sigma, torch.stack(self._weights), self._presence)

    def begin(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Hook ahead of the transformer: a new call, of which the former is forgotten."""
        del module, args
        self._noisy = kwargs["hidden_states"][-1:].detach()
        self._sigma = float(kwargs["timestep"][-1])
        self._weights = []

    def attend(self, module: nn.Module, args: tuple[Tensor, Tensor, Tensor | None]) -> None:
        """Hook ahead of a block's cross-attention."""
        assert isinstance(module, CrossAttention)
        x, text, bias = args  # (B, S, D), (B, L, D), (B, 1, 1, L)
        last = None if bias is None else bias[-1:]
        weights = module.weights(x[-1:], text[-1:], last)  # (1, H, S, L)
        self._weights.append(weights[0].float().mean(dim=0).detach())  # (S, L)

    def see(self, transformer: SoraTransformer3DModel, x: Tensor) -> None:
        """Hook behind the block that knows where the subject is; x (B, S, D)."""
        logits, _ = transformer.see(x[-1:])  # (1, S, n)
        self._presence = logits[0].float().sigmoid().mean(dim=-1).detach()  # (S,)


@contextlib.contextmanager
def recording(transformer: SoraTransformer3DModel) -> Iterator[Recorder]:
    """Within this context a recorder sees every call of the transformer; its arguments must be named."""
    recorder = Recorder()
    handles = [transformer.register_forward_pre_hook(recorder.begin, with_kwargs=True)]
    crossings = [module for module in transformer.modules() if isinstance(module, CrossAttention)]  # in their order
    handles += [crossing.register_forward_pre_hook(recorder.attend) for crossing in crossings]
    handles.append(transformer.seeing_block.register_forward_hook(lambda _m, _a, x: recorder.see(transformer, x)))
    try:
        yield recorder
    finally:
        for handle in handles:
            handle.remove()
