"""Brings a checkpoint into memory once, in the setup that was chosen, and makes its pipelines for all tasks from the
same parts."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers.hooks import apply_group_offloading
from diffusers.quantizers import PipelineQuantizationConfig
from safetensors import SafetensorError
from torch import nn

from sora_studio.core.errors import EngineError, OutOfMemory
from sora_studio.core.setup import LIBRARIES, Setup, Shortage
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.families.quickening import Quickening
from sora_studio.engines.precision import pick_device
from sora_studio.engines.shortage import give_back, is_shortage

DTYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}
SHRUNK = ("transformer", "text_encoder")
"""What the names of parts begin with whose weights are made smaller. Decoders are small, and would show it."""


class Loaded:
    """The parts of a checkpoint in memory, as whichever pipeline a task needs."""

    def __init__(self, checkpoint: Checkpoint, setup: Setup, *, exact_vae: bool) -> None:
        """Raises EngineError when the weights are damaged or do not fit together, OutOfMemory when there is no room."""
        for library in (diffusers.utils.logging, transformers.utils.logging):
            library.disable_progress_bar()  # nobody sees a terminal here
            library.set_verbosity_error()
        self.setup = setup
        self._device = torch.device("cpu") if setup.where == "processor" else pick_device()
        if self._device.type != "cpu":
            give_back()  # what a load that failed left there
        try:
            self._parts = _load(checkpoint, setup, exact_vae=exact_vae)
            self.quickening = Quickening(_denoisers(self._parts))
            if setup.speed.compiled:
                self.quickening.compile()  # ahead of hooks that move the blocks
            place(self._parts, setup, self._device)
        except (RuntimeError, MemoryError) as exc:
            if is_shortage(exc):
                raise OutOfMemory(Shortage("load", setup)) from exc
            raise
        self.adjust(setup)
        self._pipelines: dict[str, Any] = {checkpoint.pipeline: self._parts}

    @property
    def parts(self) -> Any:
        """A pipeline with all parts, for what is not a generation."""
        return self._parts

    def suits(self, setup: Setup) -> bool:
        """Whether the parts lie as a setup wants them: what `adjust` changes aside."""
        speed = replace(self.setup.speed, compiled=setup.speed.compiled)
        return replace(setup, tiles=self.setup.tiles, speed=speed) == self.setup

    def adjust(self, setup: Setup) -> None:
        """Take on what needs no loading: whether pictures are decoded in tiles, and what makes steps quicker."""
        self.quickening.take_on(setup.speed)
        self.setup = setup
        if setup.tiles:
            self._parts.vae.enable_tiling()
        else:
            self._parts.vae.disable_tiling()

    def pipeline(self, name: str) -> Any:
        """The pipeline of a class of diffusers on these parts. Nothing is loaded, copied or cast for it: `from_pipe`
        would turn shared weights into float32."""
        if name not in self._pipelines:
            kind = getattr(diffusers, name)
            accepted = inspect.signature(kind.__init__).parameters
            known = {**self._parts.config, **self._parts.components}
            self._pipelines[name] = kind(**{key: value for key, value in known.items() if key in accepted})
            self._pipelines[name].set_progress_bar_config(disable=True)
        if self.setup.offload == "model":  # who moves the parts belongs to the pipeline that is called
            self._pipelines[name].enable_model_cpu_offload(device=self._device)
        return self._pipelines[name]

    @contextlib.contextmanager
    def still(self, pipe: Any) -> Iterator[None]:
        """Within this context no part is moved about whole and no step cache is on, so that networks can be changed:
        hooks beneath the cache's may be removed and laid anew, which would silence it."""
        self.quickening.take_on(replace(self.setup.speed, cache=False))
        if self.setup.offload == "model":
            pipe.remove_all_hooks()
        try:
            yield
        finally:
            self.quickening.take_on(self.setup.speed)
            if self.setup.offload == "model":
                pipe.enable_model_cpu_offload(device=self._device)


def place(pipe: Any, setup: Setup, device: torch.device) -> None:
    """Put the parts where a setup wants them: the one place that decides what lies where. With "model" offload they
    stay where they are until `Loaded.pipeline` sees which one is called."""
    if setup.offload == "none":
        pipe.to(device)
    if setup.offload not in ("group", "leaf"):
        return
    moving = {
        "onload_device": device,
        "offload_device": torch.device("cpu"),
        "use_stream": device.type == "cuda",  # the next piece comes while one is at work
    }
    for name, part in pipe.components.items():
        if not isinstance(part, nn.Module):
            continue
        if setup.offload == "group" and name.startswith("transformer"):
            apply_group_offloading(part, offload_type="block_level", num_blocks_per_group=1, **moving)
        elif setup.offload == "group" and name in ("vae", "audio_vae", "vocoder"):
            part.to(device)
        else:
            apply_group_offloading(part, offload_type="leaf_level", **moving)


def _load(checkpoint: Checkpoint, setup: Setup, *, exact_vae: bool) -> Any:
    kind, dtype = getattr(diffusers, checkpoint.pipeline), DTYPES[setup.precision]
    try:
        pipe = kind.from_pretrained(
            checkpoint.folder,
            **_from_files(checkpoint, setup),
            dtype={"default": dtype, "vae": torch.float32 if exact_vae else dtype},
            local_files_only=True,
            use_safetensors=True,
            variant=checkpoint.variant,
            quantization_config=_quantised(checkpoint, setup),
        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, SafetensorError) as exc:
        if is_shortage(exc):
            raise
        raise EngineError(
            "“{name}” could not be loaded ({why}). Download the model again.",
            name=checkpoint.name,
            why=str(exc).strip().splitlines()[0][:200] if str(exc).strip() else type(exc).__name__,
        ) from exc
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _from_files(checkpoint: Checkpoint, setup: Setup) -> dict[str, Any]:
    """What takes the place of the folder's own networks when they come from single files."""
    if not checkpoint.files:
        return {}
    found: dict[str, Any] = {name: _from_file(checkpoint, name, setup) for name in checkpoint.files}
    if "boundary_ratio" in checkpoint.index:  # there may be one expert or two, whatever the folder has
        found = {"transformer_2": None, **found, "boundary_ratio": checkpoint.index["boundary_ratio"]}
    return found


def _from_file(checkpoint: Checkpoint, part: str, setup: Setup) -> nn.Module:
    """A network from a single file. Parts that must be exact stay so: diffusers casts them otherwise."""
    file, config, dtype = checkpoint.files[part], checkpoint.config(part), DTYPES[setup.precision]
    kind = getattr(diffusers, config["_class_name"])
    more: dict[str, Any] = {}
    if file.suffix.lower() == ".gguf":
        more = {"quantization_config": diffusers.GGUFQuantizationConfig(compute_dtype=dtype), "dtype": dtype}
    elif setup.quantised != "none":
        more = {"quantization_config": _smaller(diffusers, setup), "dtype": dtype}
    with tempfile.TemporaryDirectory(prefix="sora-studio-") as folder:
        (Path(folder) / "config.json").write_text(json.dumps(config), encoding="utf-8")
        network: nn.Module = kind.from_single_file(str(file), config=folder, local_files_only=True, **more)
    if not more:
        exact = set(kind._keep_in_fp32_modules or ())
        for name, tensor in (*network.named_parameters(), *network.named_buffers()):
            tensor.data = tensor.data.to(torch.float32 if exact & set(name.split(".")) else dtype)
    return network


def _denoisers(pipe: Any) -> list[nn.Module]:
    """The networks that are asked for velocities."""
    return [part for name, part in pipe.components.items() if name.startswith("transformer") and part is not None]


def _quantised(checkpoint: Checkpoint, setup: Setup) -> PipelineQuantizationConfig | None:
    """How weights are made smaller while they are loaded. Raises EngineError when the library for it is gone."""
    if setup.quantised == "none":
        return None
    needed = LIBRARIES[setup.quantised]
    if importlib.util.find_spec(needed) is None:
        raise EngineError(
            "Smaller weights need the library “{library}”, which is not installed. Install it, or choose another way "
            "to run the model in Expert.",
            library=needed,
        )
    shrunk = (name for name in checkpoint.configs if name.startswith(SHRUNK) and name not in checkpoint.files)
    parts = [name for name in shrunk if checkpoint.weights(name)]
    return PipelineQuantizationConfig(
        quant_mapping={
            name: _smaller(diffusers if checkpoint.index[name][0] == "diffusers" else transformers, setup)
            for name in parts
        }
    )


def _smaller(library: Any, setup: Setup) -> Any:
    if setup.quantised == "nf4":
        return library.BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=DTYPES[setup.precision]
        )
    from torchao.quantization import Int8WeightOnlyConfig  # an extra: only where it is installed

    return library.TorchAoConfig(Int8WeightOnlyConfig(version=2))
