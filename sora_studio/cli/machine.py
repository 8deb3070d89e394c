"""`engines` and `doctor`: what can make clips here, what this machine has, and what is missing."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import sys
from argparse import Namespace
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from sora_studio import __version__
from sora_studio.cli.display import has_display
from sora_studio.cli.reporter import Reporter
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import StudioError
from sora_studio.core.machine import Device
from sora_studio.core.resources import resource
from sora_studio.engines.catalog import library_folder, survey
from sora_studio.media.presets import PRESETS
from sora_studio.session.lookbook import LookBook
from sora_studio.session.workers import machine
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


def engines(args: Namespace, reporter: Reporter) -> int:
    """The engines and what each can do."""
    runs, unfit = survey()
    if args.json:
        data = [*map(_engine_data, runs), *({"name": one.name, "unfit": one.reason} for one in unfit)]
        reporter.print(json.dumps(data))
        return 0
    for caps in runs:
        seconds = caps.rate.seconds(caps.window)
        reporter.print(f"{caps.engine}: {caps.title}. {caps.description}")
        reporter.print(f"  sizes     {', '.join(map(str, caps.sizes))}")
        reporter.print(
            f"  window    {caps.window} frames at {caps.rate} frames a second ({seconds:.1f} s); longer clips in parts"
        )
        reporter.print(f"  default   {caps.steps} steps, guidance {caps.guidance:g}")
        reporter.print(
            f"  needs     {caps.disk_bytes / GIGABYTE:.2f} GB on disk, {caps.memory_bytes / GIGABYTE:.1f} GB of memory"
        )
    for one in unfit:
        reporter.print(f"{one.name}: does not run. {one.reason}")
    reporter.print(f"Open models are looked for in {library_folder()}; --engine FOLDER takes one from anywhere.")
    return 0


def doctor(args: Namespace, reporter: Reporter) -> int:
    """The state of this machine; exit code 1 when no clip can be made."""
    findings = [*_program(), *_packages(), *_machine(), *_resources(), *_places()]
    fine = all(finding.fine for finding in findings)
    if args.json:
        reporter.print(json.dumps({"fine": fine, "findings": [asdict(finding) for finding in findings]}))
        return 0 if fine else 1
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        reporter.print(f"{'  ' if finding.fine else '! '}{finding.name.ljust(width)}  {finding.value}")
    reporter.print("Everything is here." if fine else "Something is missing: see the lines that begin with “!”.")
    return 0 if fine else 1


def _engine_data(caps: Capabilities) -> dict[str, object]:
    return {
        "name": caps.engine,
        "title": caps.title,
        "description": caps.description,
        "sizes": [[size.width, size.height] for size in caps.sizes],
        "window": caps.window,
        "fps": float(caps.rate.fps),
        "steps": caps.steps,
        "guidance": caps.guidance,
        "disk_bytes": caps.disk_bytes,
        "memory_bytes": caps.memory_bytes,
    }


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


def _machine() -> list[Finding]:
    """What the worker finds: it alone knows what torch can use."""
    memory = psutil.virtual_memory()
    findings = [Finding("memory", f"{memory.total / GIGABYTE:.1f} GB, {memory.available / GIGABYTE:.1f} GB free")]
    try:
        found = machine()
    except StudioError as exc:
        findings.append(Finding("worker", str(exc), fine=False))
    else:
        cores = f"{os.cpu_count() or 1} cores"
        findings.append(
            Finding("processor", ", ".join(filter(None, (found.processor.name, cores, _speed(found.processor)))))
        )
        cards = [_card(card) for card in found.cards] or ["none: the processor makes the clips"]
        findings += [Finding("accelerator", card) for card in cards]
        findings.append(
            Finding("smaller weights", ", ".join(found.quantisers) or "none: neither torchao nor bitsandbytes")
        )
    return [*findings, Finding("display", _display())]


def _card(card: Device) -> str:
    memory = f"{card.total / GIGABYTE:.1f} GB, {card.free / GIGABYTE:.1f} GB free"
    return f"{card.name} ({card.kind}), {memory}, {_speed(card)}"


def _speed(device: Device) -> str:
    """The number formats a device is quick at, and its speed at large matrix products."""
    formats = [name for name, has in (("bf16", device.bf16), ("fp8", device.fp8)) if has] or ["float32"]
    return f"{' and '.join(formats)} at {device.rate / 1e12:.2f} TFLOP/s"


def _display() -> str:
    return "present" if has_display() else "none: the verbs work, the window cannot open"


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
