"""What a file or folder of weights on this machine is, for whoever lists it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sora_studio.core.language import mark, tr

Role = Literal["pipeline", "checkpoint", "transformer", "vae", "text", "vision", "lora", "preview", "unknown"]
Origin = Literal["library", "hub", "comfy", "folder"]

ROLES: dict[Role, str] = {
    "pipeline": mark("whole model"),
    "checkpoint": mark("whole model in one file"),
    "transformer": mark("transformer"),
    "vae": mark("VAE: pictures to latents and back"),
    "text": mark("text encoder"),
    "vision": mark("image encoder"),
    "lora": mark("LoRA"),
    "preview": mark("small decoder for previews"),
    "unknown": mark("not known"),
}
ORIGINS: dict[Origin, str] = {
    "library": mark("model folder"),
    "hub": mark("hub cache"),
    "comfy": mark("ComfyUI"),
    "folder": mark("folder"),
}


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file or folder that is used where it lies. `reason` says why it is not used; empty when nothing is against it.

    `numbers` is the type of most of its numbers, such as BF16 or Q4_K, and `parameters` their count; empty and 0 where
    no table was read.
    """

    path: Path
    name: str
    origin: Origin
    role: Role
    size: int
    family: str = ""
    numbers: str = ""
    parameters: int = 0
    reason: str = ""

    @property
    def what(self) -> str:
        """What it is in the artist's language: family, role and numbers."""
        words = [self.family, tr(ROLES[self.role]), self.numbers]
        return ", ".join(word for word in words if word)
