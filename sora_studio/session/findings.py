"""What there is to work with: versions, this machine, what ships with the studio, and where it keeps things.

In English, as the command line and a report speak.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from sora_studio import __version__
from sora_studio.core.errors import StudioError
from sora_studio.core.machine import Device, Machine
from sora_studio.core.resources import resource
from sora_studio.media.presets import PRESETS
from sora_studio.session.lookbook import LookBook
from sora_studio.settings.file import load_settings
from sora_studio.settings.folders import config_folder, data_folder

NEEDED = ("torch", "diffusers", "transformers", "safetensors", "numpy", "av", "opencv-python", "pillow", "PySide6")
GIGABYTE = 1e9
MODEL_PARTS = ("model/vae", "model/transformer", "model/text_encoder", "model/tokenizer")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `fine` is False for what keeps clips from being made."""

    name: str
    value: str
    fine: bool = True


def findings(machine: Machine | StudioError | None) -> list[Finding]:
    """Everything. `machine` is what the worker found, why it found nothing, or None when it was not asked."""
    return [*_program(), *_packages(), *_machine(machine), *_resources(), *_places()]


def _program() -> list[Finding]:
    return [
        Finding("Sora Studio", __version__),
        Finding("Python", f"{platform.python_version()} in {sys.prefix}", sys.version_info >= (3, 11)),
        Finding("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
    ]


def _packages() -> list[Finding]:
    """Versions without importing anything."""
    findings = []
    for name in NEEDED:
        try:
            findings.append(Finding(name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            findings.append(Finding(name, "missing: run installers/bootstrap.py setup", fine=False))
    return findings


def _machine(found: Machine | StudioError | None) -> list[Finding]:
    """What the worker finds: it alone knows what torch can use."""
    memory = psutil.virtual_memory()
    findings = [Finding("memory", f"{memory.total / GIGABYTE:.1f} GB, {memory.available / GIGABYTE:.1f} GB free")]
    match found:
        case None:
            findings.append(Finding("worker", "was not asked yet"))
        case Machine():
            cores = f"{os.cpu_count() or 1} cores"
            findings.append(
                Finding("processor", ", ".join(filter(None, (found.processor.name, cores, _speed(found.processor)))))
            )
            cards = [_card(card) for card in found.cards] or ["none: the processor makes the clips"]
            findings += [Finding("accelerator", card) for card in cards]
            findings.append(
                Finding("smaller weights", ", ".join(found.quantisers) or "none: neither torchao nor bitsandbytes")
            )
        case _:
            findings.append(Finding("worker", str(found), fine=False))
    return findings


def _card(card: Device) -> str:
    memory = f"{card.total / GIGABYTE:.1f} GB, {card.free / GIGABYTE:.1f} GB free"
    return f"{card.name} ({card.kind}), {memory}, {_speed(card)}"


def _speed(device: Device) -> str:
    """The number formats a device is quick at, and its speed at large matrix products."""
    formats = [name for name, has in (("bf16", device.bf16), ("fp8", device.fp8)) if has] or ["float32"]
    return f"{' and '.join(formats)} at {device.rate / 1e12:.2f} TFLOP/s"


def _resources() -> list[Finding]:
    findings = []
    for part in MODEL_PARTS:
        try:
            findings.append(Finding(part, str(resource(*part.split("/")))))
        except StudioError as exc:
            findings.append(Finding(part, str(exc), fine=False))
    try:
        findings.append(Finding("looks", ", ".join(look.name for look in LookBook().looks())))
    except StudioError as exc:
        findings.append(Finding("looks", str(exc), fine=False))
    findings.append(Finding("formats", ", ".join(PRESETS)))
    return findings


def _places() -> list[Finding]:
    loaded = load_settings()
    findings = [Finding("settings", str(config_folder())), Finding("unsaved projects", str(data_folder()))]
    findings += [Finding("notice", notice) for notice in loaded.notices]
    home = data_folder()
    free = shutil.disk_usage(next(folder for folder in (home, *home.parents) if folder.exists())).free
    findings.append(Finding("disk", f"{free / GIGABYTE:.1f} GB free in {Path(home.anchor)}"))
    return findings
