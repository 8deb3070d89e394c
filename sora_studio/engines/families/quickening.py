"""Makes the networks of a checkpoint quicker as a Speed asks: other kernels for attention, a step cache, compiled
blocks. Without any of them they compute as they were loaded, bit for bit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from diffusers import FirstBlockCacheConfig
from diffusers.hooks import HookRegistry
from diffusers.hooks._helpers import TransformerBlockMetadata, TransformerBlockRegistry
from diffusers.hooks.first_block_cache import _FBC_LEADER_BLOCK_HOOK
from diffusers.models.attention_dispatch import AttentionBackendName, _AttentionBackendRegistry
from diffusers.models.transformers.transformer_hunyuan_video15 import HunyuanVideo15TransformerBlock
from diffusers.models.transformers.transformer_ltx2 import LTX2VideoTransformerBlock
from diffusers.models.transformers.transformer_skyreels_v2 import SkyReelsV2TransformerBlock

from sora_studio.core.errors import EngineError
from sora_studio.core.speed import ATTENTIONS, Speed

THRESHOLD = 0.05
"""Below this share of change in what the first block adds, the others are taken as they were: diffusers' own value."""
NATIVE = "native"
"""What diffusers calls torch's own attention, which chooses among torch's kernels."""


class Quickening:
    """Of the denoisers of one checkpoint. `calls` of them were made under the cache since they were last counted, of
    which `short` had their later blocks left out."""

    def __init__(self, networks: Sequence[Any]) -> None:
        self._networks = networks
        self._now = Speed()
        self.calls = self.short = 0

    def compile(self) -> None:
        """Have the blocks that each network repeats translated when they are first asked. They stay so. What is
        compiled is their `forward`: hooks around it, by which a run is stopped and parts are moved, stay plain."""
        for network in self._networks:
            repeated = network._repeated_blocks or ()
            for block in network.modules():
                if type(block).__name__ in repeated:
                    block.forward = torch.compile(block.forward)

    def take_on(self, speed: Speed) -> None:
        """Use the kernels and the cache that are asked for, and no others. Raises EngineError when a library is
        gone."""
        if speed.attention != self._now.attention:
            self._attend(speed.attention)
        if speed.cache != self._now.cache:
            for network in self._networks:
                if speed.cache:
                    _know_blocks()
                    network.enable_cache(FirstBlockCacheConfig(threshold=THRESHOLD))
                else:
                    network.disable_cache()
        self._now = speed

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        """Within this context calls under the cache are counted, from none. A pipeline that does not say which of its
        calls follows which (it makes one a step) is spoken for."""
        self.calls = self.short = 0
        if not self._now.cache:
            yield
            return
        with contextlib.ExitStack() as within:
            for network in self._networks:
                within.enter_context(network.cache_context("step"))
                leader = next(block for block in network.modules() if _leads(block))
                within.callback(leader.register_forward_hook(self._asked).remove)
            yield

    def _asked(self, leader: Any, *_: object) -> None:
        """Behind a network's first block: the others compute, or not."""
        self.calls += 1
        hook = HookRegistry.check_if_exists_or_initialize(leader).get_hook(_FBC_LEADER_BLOCK_HOOK)
        self.short += not hook.state_manager.get_state().should_compute

    def _attend(self, name: str) -> None:
        backend = ATTENTIONS[name].backend if name else NATIVE
        try:
            for network in self._networks:
                network.set_attention_backend(backend)
        except RuntimeError as exc:
            raise EngineError(
                "“{name}” cannot be used here ({why}). Choose another attention in Expert.",
                name=ATTENTIONS[name].title if name else NATIVE,
                why=str(exc).strip().splitlines()[0][:200],
            ) from exc
        finally:  # it becomes the usual one of all networks else
            _AttentionBackendRegistry.set_active_backend(AttentionBackendName.NATIVE)


class _BesideSound(TransformerBlockMetadata):
    """Of blocks that return the sound's stream beside the picture's, where others return the words'. When the picture
    says nothing new, both take on what the later blocks added before."""

    def _get_parameter_from_args_kwargs(self, identifier: str, args: Any = (), kwargs: Any = None) -> Any:
        second = "audio_hidden_states" if identifier == "encoder_hidden_states" else identifier
        return super()._get_parameter_from_args_kwargs(second, args, kwargs)


def _leads(block: Any) -> bool:
    return hasattr(block, "_diffusers_hook") and block._diffusers_hook.get_hook(_FBC_LEADER_BLOCK_HOOK) is not None


def _know_blocks() -> None:
    """Blocks that diffusers' caches were not told about: what they return, and at which place."""
    TransformerBlockRegistry.register(
        HunyuanVideo15TransformerBlock,
        TransformerBlockMetadata(return_hidden_states_index=0, return_encoder_hidden_states_index=1),
    )
    TransformerBlockRegistry.register(
        SkyReelsV2TransformerBlock,
        TransformerBlockMetadata(return_hidden_states_index=0, return_encoder_hidden_states_index=None),
    )
    TransformerBlockRegistry.register(
        LTX2VideoTransformerBlock,
        _BesideSound(return_hidden_states_index=0, return_encoder_hidden_states_index=1),
    )
