"""Brings a checkpoint into memory once, and makes its pipelines for all tasks from the same parts."""

from __future__ import annotations

import inspect
from typing import Any

import diffusers
import torch
import transformers
from safetensors import SafetensorError

from sora_studio.core.errors import EngineError
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.precision import pick_dtype


class Loaded:
    """The parts of a checkpoint in memory, as whichever pipeline a task needs."""

    def __init__(self, checkpoint: Checkpoint, device: torch.device, *, exact_vae: bool) -> None:
        """Raises EngineError when the weights are damaged or do not fit together."""
        for library in (diffusers.utils.logging, transformers.utils.logging):
            library.disable_progress_bar()  # nobody sees a terminal here
            library.set_verbosity_error()
        self._parts = place(_load(checkpoint, device, exact_vae=exact_vae), device)
        self._pipelines: dict[str, Any] = {checkpoint.pipeline: self._parts}

    @property
    def parts(self) -> Any:
        """A pipeline with all parts, for what is not a generation."""
        return self._parts

    def pipeline(self, name: str) -> Any:
        """The pipeline of a class of diffusers on these parts. Nothing is loaded, copied or cast for it: `from_pipe`
        would turn shared weights into float32."""
        if name not in self._pipelines:
            kind = getattr(diffusers, name)
            accepted = inspect.signature(kind.__init__).parameters
            known = {**self._parts.config, **self._parts.components}
            self._pipelines[name] = kind(**{key: value for key, value in known.items() if key in accepted})
            self._pipelines[name].set_progress_bar_config(disable=True)
        return self._pipelines[name]


def place(pipe: Any, device: torch.device) -> Any:
    """Put all parts on the device: the one place that decides what lies where."""
    return pipe.to(device)


def _load(checkpoint: Checkpoint, device: torch.device, *, exact_vae: bool) -> Any:
    kind, dtype = getattr(diffusers, checkpoint.pipeline), pick_dtype(device)
    try:
        pipe = kind.from_pretrained(
            checkpoint.folder,
            dtype={"default": dtype, "vae": torch.float32 if exact_vae else dtype},
            local_files_only=True,
            use_safetensors=True,
            variant=checkpoint.variant,
        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, SafetensorError) as exc:
        raise EngineError(
            "“{name}” could not be loaded ({why}). Download the model again.",
            name=checkpoint.folder.name,
            why=str(exc).strip().splitlines()[0][:200] if str(exc).strip() else type(exc).__name__,
        ) from exc
    pipe.set_progress_bar_config(disable=True)
    return pipe
