"""`engines` and `doctor`: what can make clips here, what this machine has, and what is missing."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from sora_studio.cli.display import has_display
from sora_studio.cli.reporter import Reporter
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import OutputError, StudioError
from sora_studio.core.machine import Machine
from sora_studio.engines.catalog import library_folder, survey
from sora_studio.session.findings import Finding, findings
from sora_studio.session.report import make_report
from sora_studio.session.workers import machine
from sora_studio.settings.file import load_settings

GIGABYTE = 1e9


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
    found = [*findings(_machine()), Finding("display", _display())]
    fine = all(finding.fine for finding in found)
    if args.report is not None:
        try:
            args.report.write_text(make_report(found, load_settings().settings, words=args.words), encoding="utf-8")
        except OSError as exc:
            raise OutputError(
                "The report cannot be written to “{path}” ({why}). Choose another place.",
                path=args.report,
                why=exc.strerror,
            ) from exc
    if args.json:
        reporter.print(json.dumps({"fine": fine, "findings": [asdict(finding) for finding in found]}))
        return 0 if fine else 1
    width = max(len(finding.name) for finding in found)
    for finding in found:
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


def _machine() -> Machine | StudioError:
    try:
        return machine()
    except StudioError as exc:
        return exc


def _display() -> str:
    return "present" if has_display() else "none: the verbs work, the window cannot open"
