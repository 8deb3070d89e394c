"""The families that run here, and what a folder is among them. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.forecast import Networks, Part
from sora_studio.core.language import tr
from sora_studio.core.open_model import OpenModel
from sora_studio.engines.families.checkpoint import Checkpoint, read_checkpoint
from sora_studio.engines.families.cogvideox import CogVideoX
from sora_studio.engines.families.family import Family
from sora_studio.engines.families.framepack import FramePack
from sora_studio.engines.families.hunyuan import HunyuanVideo
from sora_studio.engines.families.hunyuan15 import HunyuanVideo15
from sora_studio.engines.families.ltx import LTX
from sora_studio.engines.families.ltx2 import LTX2
from sora_studio.engines.families.skyreels import SkyReels
from sora_studio.engines.families.wan import Wan
from sora_studio.weights.shapes import part_of

FAMILIES: tuple[Family, ...] = (
    Wan(),
    LTX(),
    LTX2(),
    CogVideoX(),
    HunyuanVideo(),
    HunyuanVideo15(),
    FramePack(),
    SkyReels(),
)

LARGEST = 64
"""Latent frames that a token may join; more is a damaged configuration."""

WORKING = 2_000_000_000
"""Bytes that a run needs beside its weights: libraries, latents, and a clip in float32."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A folder that holds a checkpoint which runs here."""

    checkpoint: Checkpoint
    family: Family
    capabilities: Capabilities

    def networks(self) -> Networks:
        """What a run is forecast from. Raises BadInput when a file of weights is damaged."""
        weights = ((part, self.checkpoint.weights(part)) for part in self.checkpoint.configs)
        parts = tuple(part_of(part, files) for part, files in weights if files)
        transformer = self.checkpoint.config("transformer")
        layers, joined = transformer.get("vace_layers"), transformer.get("patch_size_t")
        hints = len(layers) if isinstance(layers, list) else 0
        found = _networks(self.family, self.capabilities, parts, hints)
        return replace(found, group=found.group * joined) if isinstance(joined, int) and 0 < joined < LARGEST else found


def find(folder: Path, engine: str) -> Found:
    """What a folder holds, as the engine of a name. Raises BadInput in words when it is nothing that runs here."""
    return found_of(read_checkpoint(folder), engine)


def ahead(model: OpenModel) -> tuple[Networks, Capabilities] | None:
    """What a model of the catalogue is made of and can do before it is here; None when its parts are not known, or
    no family runs it."""
    family = next((family for family in FAMILIES if model.pipeline in family.pipelines), None)
    if family is None or model.kind not in family.kinds or not model.parts:
        return None
    caps = family.kinds[model.kind]
    return _networks(family, caps, model.parts, model.hints), caps


def _networks(family: Family, caps: Capabilities, parts: tuple[Part, ...], hints: int) -> Networks:
    """A family's costs for parts; VACE keeps a stream for each of its hints, and its own."""
    costs = replace(family.costs, token=family.costs.token + hints + bool(hints))
    return Networks(parts, costs, side=caps.size_step, group=family.group, exact_vae=family.exact_vae)


def found_of(checkpoint: Checkpoint, engine: str) -> Found:
    """A checkpoint that was read, as the engine of a name. Raises BadInput when it is nothing that runs here."""
    family = next((family for family in FAMILIES if checkpoint.pipeline in family.pipelines), None)
    if family is None:
        raise BadInput(
            "“{name}” is a model for {pipeline}, which does not run here. These do: {known}.",
            name=checkpoint.name,
            pipeline=checkpoint.pipeline,
            known=", ".join(sorted({tr(kind.title) for family in FAMILIES for kind in family.kinds.values()})),
        )
    kind = family.kinds[family.kind(checkpoint)]
    caps = replace(
        kind,
        engine=engine,
        loras=True,
        resumable=True,  # by any scheduler (engines/keeping.py)
        title=checkpoint.name,
        description=tr("{model}. {does}", model=tr(kind.title), does=tr(kind.description)) + _beside(checkpoint),
        disk_bytes=checkpoint.disk_bytes,
        memory_bytes=checkpoint.weight_bytes + WORKING,
    )
    return Found(checkpoint, family, caps)


def _beside(checkpoint: Checkpoint) -> str:
    """Where the other parts of a single file come from, as one more sentence."""
    return f" {tr('Its other parts are those of “{name}”.', name=checkpoint.folder.name)}" if checkpoint.files else ""
