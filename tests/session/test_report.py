"""The report tells what happened and nothing about whom."""

from __future__ import annotations

import getpass
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.session.findings import Finding, findings
from sora_studio.session.prompt_book import PromptBook
from sora_studio.session.report import make_report, without_private
from sora_studio.settings.logs import FILE, logs_folder
from sora_studio.settings.sections import Settings
from tests.fakes.engine import MACHINE

HOME = "/home/greta.lind"
PRIVATE = (
    f"{HOME}/Films/Secret client/take 2.mp4 was not found",
    f'File "{HOME}/Secret client/plugin.py", line 3',
    "Opened /Volumes/Secret client/reel.mov",
    "C:\\Users\\greta\\Secret client\\reel.mov is gone",
    "\\\\server\\Secret client\\reel.mov is gone",
    "Authorization: Bearer Secret123456",
    "token=Secret123456 was refused",
    '"api_key": "Secret123456"',
    "hf_Secret1234567890",
    "https://greta:Secret123456@example.org/models",
    "write to Secret.Person@example.org",
    "“Secret client” cannot be opened. Choose another.",
    "「Secret client」無法開啟。",
    "the following part was truncated: ['Secret words that were too long']",
    "encoding a SECRET dancer in the rain now",
)


@pytest.mark.parametrize("line", PRIVATE)
def test_what_is_private_is_taken_out(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", HOME)
    monkeypatch.setenv("USERPROFILE", HOME)
    told = without_private(f"before\n{line}\nafter", ("a secret dancer in the rain",))
    assert "secret" not in told.lower(), told
    assert "greta" not in told, told
    assert told.startswith("before\n")
    assert told.endswith("\nafter")


def test_what_a_developer_needs_stays() -> None:
    program = Path(__file__).resolve().parents[2] / "sora_studio" / "app.py"
    lines = (
        f'File "{program}", line 3, in main',
        f'File "{Path(sys.prefix) / "lib" / "torch" / "nn.py"}", line 7',
        "RuntimeError: shapes 3 x 4 and 5 / 6 differ",
        "bf16 at 0.27 TFLOP/s; see https://example.org/a/b",
        "2026-01-02 10:11:12,345 INFO sora_studio.jobs.client: the worker 71 ended with code -9",
    )
    told = without_private("\n".join(lines)).splitlines()
    assert told[0] == 'File "<program>/sora_studio/app.py", line 3, in main'
    assert told[1].startswith('File "<p')
    assert told[1].endswith('torch/nn.py", line 7')
    assert tuple(told[2:]) == lines[2:]


def test_words_stay_when_they_are_asked_for_and_keys_never_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", HOME)
    told = without_private(f"“a red fox” is lost. token=abcdefgh {HOME}/x", ("a red fox",), words=True)
    assert told == "“a red fox” is lost. token=<key> ~/…"


def test_the_names_of_artist_and_machine_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "greta")
    monkeypatch.setattr(socket, "gethostname", lambda: "atelier-7")
    assert without_private("greta at atelier-7, not gretas") == "<user> at <machine>, not gretas"


def test_the_report_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    PromptBook().add("a lighthouse at night")
    logs_folder().mkdir(parents=True)
    logs_folder().joinpath(FILE).write_text("failed at a lighthouse at night\n", encoding="utf-8")
    settings = Settings()
    settings = replace(
        settings,
        generation=replace(settings.generation, steps=31, engine="Secret model"),
        interface=replace(settings.interface, theme="light"),
    )
    told = make_report([*findings(MACHINE), Finding("worker", "it is gone", fine=False)], settings)
    lines = told.splitlines()
    assert any(line.startswith("accelerator: Paper card (cuda), 12.0 GB") for line in lines)
    assert "! worker: it is gone" in lines
    changed = lines[lines.index("Settings that were changed") + 1 : lines.index("Newest log lines") - 1]
    assert changed == ["generation.engine: changed", "generation.steps: 31", "interface.theme: light"]
    assert lines[-1] == "failed at <prompt>"
    assert "lighthouse" in make_report([], settings, words=True)
