"""LoRAs on the networks of an engine: read, checked part by part against the network, applied with their strengths.

Files are converted by diffusers (`lora_state_dict` of the family's pipeline) and applied by PEFT. What does not fit is
refused before the run; nothing is left out in silence.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from diffusers.utils.peft_utils import set_weights_and_activate_adapters
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.request import Lora
from sora_studio.engines.shortage import is_shortage
from sora_studio.weights.fingerprint import file_fingerprint
from sora_studio.weights.headers import read_header
from sora_studio.weights.lora import read_lora, scales_of

State = dict[str, Tensor]
Convert = Callable[[State], State]
"""Brings the names of any program to those of diffusers, after "transformer."."""

PREFIX = "transformer."
_PART = re.compile(r"(.+)\.lora_(A|B)\.(weight|bias)")


class Adapters:
    """The LoRAs of the networks of one engine. Those of the last run stay until others are asked for."""

    def __init__(self, networks: Mapping[str, Any], convert: Convert, title: str, pipe: Any = None) -> None:
        """`networks` by their names in the pipeline; `title` is what the artist calls the engine."""
        self._networks, self._convert, self._title, self._pipe = networks, convert, title, pipe
        self._loaded: dict[str, tuple[str, ...]] = {}
        """Adapters by name, and the networks that have them."""

    def use(self, loras: Sequence[Lora]) -> None:
        """Apply these with their strengths, and no others. Raises BadInput when one does not fit, and then none is
        applied."""
        wanted: dict[str, tuple[Path, float]] = {}
        for lora in loras:
            path = Path(lora.path)
            if not path.is_file():
                raise BadInput("The LoRA “{name}” is missing. Choose its file again, or remove it.", name=path.name)
            name = f"lora_{file_fingerprint(path)}"
            wanted[name] = path, wanted.get(name, (path, 0.0))[1] + lora.weight
        strengths = {name: weight for name, (_, weight) in wanted.items() if weight != 0.0}
        for name in self._loaded.keys() - strengths.keys():
            self._drop(name)
        try:
            for name in strengths.keys() - self._loaded.keys():
                self._load(name, wanted[name][0])
        except BaseException:
            self._rest()
            raise
        self._apply(strengths)

    def _load(self, name: str, path: Path) -> None:
        """Read a file and add it to the networks it is for."""
        read_lora(path)  # says so when it is a pickle, another kind of adapter, or damaged
        state = self._read(path)
        chosen = _chosen(path.stem, tuple(self._networks))
        for part in chosen:
            self._check(path, state, self._networks[part])
        self._loaded[name] = chosen
        for part in chosen:
            network = self._networks[part]
            cast = {key: tensor.to(network.device, network.dtype) for key, tensor in state.items()}
            try:
                with warnings.catch_warnings(action="ignore"):  # PEFT is surprised by several at once
                    network.load_lora_adapter(cast, prefix=None, adapter_name=name, _pipeline=self._pipe)
            except (ValueError, KeyError, TypeError, RuntimeError) as exc:
                self._drop(name)
                if is_shortage(exc):
                    raise
                raise _unreadable(path, exc) from exc

    def _read(self, path: Path) -> State:
        """The tensors of a file under the names of the networks' modules."""
        try:
            state = self._convert(load_file(path))
            scales = scales_of(read_header(path))
        except (SafetensorError, ValueError, KeyError, TypeError, IndexError, AttributeError, RuntimeError) as exc:
            raise _unreadable(path, exc) from exc
        bare = {key.removeprefix(PREFIX): tensor for key, tensor in state.items()}
        ranks = {name: len(bare[f"{name}.lora_A.weight"]) for name in _modules(bare)}
        return {
            key: tensor * scales(name, ranks[name]) if (name := _upper(key)) in ranks else tensor
            for key, tensor in bare.items()
        }

    def _check(self, path: Path, state: State, network: nn.Module) -> None:
        """Raises BadInput when a part is for a module that is not there, or of another shape."""
        parts: dict[str, dict[str, Tensor]] = {}
        strange = [key for key in state if not _PART.fullmatch(key)]
        for key, tensor in state.items():
            if (found := _PART.fullmatch(key)) is not None:
                parts.setdefault(found[1], {})[f"{found[2]}.{found[3]}"] = tensor
        modules = dict(network.named_modules())
        misfits = strange + [name for name, part in parts.items() if not _fits(part, modules.get(name))]
        if misfits or not parts:
            raise BadInput(
                "The LoRA “{name}” was made for another model: {bad} of its {count} parts do not fit “{engine}” "
                "({example}). Choose another LoRA, or the model that it was made for.",
                name=path.name,
                bad=len(misfits),
                count=len(parts) + len(strange),
                engine=tr(self._title),
                example=(misfits or ["-"])[0][:100],
            )

    def _apply(self, strengths: Mapping[str, float]) -> None:
        for part, network in self._networks.items():
            active = [name for name in strengths if part in self._loaded[name]]
            if active:
                network.enable_lora()
                set_weights_and_activate_adapters(network, active, [strengths[name] for name in active])
            elif getattr(network, "peft_config", None):
                network.disable_lora()

    def _drop(self, name: str) -> None:
        for part in self._loaded.pop(name):
            network = self._networks[part]
            if name in getattr(network, "peft_config", {}):
                network.delete_adapters(name)

    def _rest(self) -> None:
        """Switch off what is there."""
        for network in self._networks.values():
            if getattr(network, "peft_config", None):
                network.disable_lora()


def by_pipeline(pipe: Any) -> Convert:
    """How a family's pipeline reads LoRAs of other programs; one that does not takes diffusers' own names."""
    if not hasattr(type(pipe), "lora_state_dict"):
        return by_names(pipe.transformer)

    def convert(state: State) -> State:
        found: State = type(pipe).lora_state_dict(dict(state))
        return found

    return convert


def by_names(network: nn.Module) -> Convert:
    """How LoRAs for a network with diffusers' own names are read: as diffusers, PEFT, ComfyUI or kohya write them."""

    def convert(state: State) -> State:
        flat = {name.replace(".", "_"): name for name, _ in network.named_modules()}
        found: State = {}
        for key, tensor in state.items():
            module, _, part = _bare(key).rpartition(".lora_")
            if not module:
                if not key.endswith(".alpha"):
                    found[key] = tensor  # strange: it is said
                continue
            part = {"down.weight": "A.weight", "up.weight": "B.weight"}.get(part, part)
            found[f"{flat.get(module, module)}.lora_{part}"] = tensor * _scale(state, key)
        return found

    return convert


def _scale(state: State, key: str) -> float:
    """What kohya's alpha makes of a file's upper half."""
    module, _, part = key.rpartition(".lora_")
    alpha, down = state.get(f"{module}.alpha"), state.get(f"{module}.lora_down.weight")
    return float(alpha) / len(down) if part == "up.weight" and alpha is not None and down is not None else 1.0


def _bare(key: str) -> str:
    """A name without what programs put before it."""
    for prefix in ("base_model.model.", PREFIX, "diffusion_model.", "lora_unet_", "lora_transformer_"):
        key = key.removeprefix(prefix)
    return key


def _chosen(name: str, networks: tuple[str, ...]) -> tuple[str, ...]:
    """Which of two experts a file is for, by its name: files come in pairs, “high” and “low” noise; else for all."""
    if len(networks) == 2:
        words = re.split(r"[^a-z]+", name.casefold())
        told = [place for place, said in enumerate((("high", "highnoise"), ("low", "lownoise"))) if {*said} & {*words}]
        if len(told) == 1:
            return (networks[told[0]],)
    return networks


def _modules(state: State) -> list[str]:
    return [key.removesuffix(".lora_A.weight") for key in state if key.endswith(".lora_A.weight")]


def _upper(key: str) -> str:
    """The module whose upper half a tensor belongs to; empty for others."""
    return key.partition(".lora_B.")[0] if ".lora_B." in key else ""


def _fits(part: Mapping[str, Tensor], module: nn.Module | None) -> bool:
    """Whether both halves are there and lead from a module's inputs to its outputs by one rank."""
    module = getattr(module, "base_layer", module)
    weight = getattr(module, "weight", None)
    down, up = part.get("A.weight"), part.get("B.weight")
    if weight is None or down is None or up is None or weight.ndim < 2 or down.ndim < 2 or up.ndim < 2:
        return False
    shape = getattr(weight, "quant_shape", weight.shape)  # of a file of GGUF it is bytes that lie there
    inside = down.shape[1:] == shape[1:] and up.shape[0] == shape[0] and up.shape[1] == down.shape[0]
    return bool(inside) and all(side == 1 for side in up.shape[2:])  # the upper half looks at one place


def _unreadable(path: Path, exc: Exception) -> BadInput:
    why = (str(exc).strip().splitlines() or [type(exc).__name__])[0][:200]
    return BadInput("The LoRA “{name}” cannot be applied ({why}). Choose another file.", name=path.name, why=why)
