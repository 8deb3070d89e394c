"""Drag and drop with a real pointer between real windows on a virtual screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.e2e.stage import virtual_screen

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Xvfb exists on Linux only")

SAID = [
    "Add to the project",
    "Use as first frame",
    "Place on V1 · 4.0 s",
    "Restyle in “",
    "Keep this frame as a picture",
    "Animate this image",
    "“notes.txt” is not a picture",
]


def test_everything_is_carried_everywhere(tmp_path: Path) -> None:
    x, y = np.meshgrid(np.linspace(0, 255, 640), np.linspace(0, 255, 480))
    Image.fromarray(np.stack([x, y, 255 - x], axis=-1).astype(np.uint8)).save(tmp_path / "photo.png")
    (tmp_path / "notes.txt").write_text("words")
    home = {name: str(tmp_path / "home" / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    with virtual_screen() as display:
        env = {**os.environ, **home, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        script = [sys.executable, str(ROOT / "tests" / "e2e" / "carrying.py"), str(tmp_path)]
        run = subprocess.run(script, env=env, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    report = json.loads((tmp_path / "report.json").read_text()) if (tmp_path / "report.json").exists() else {}
    assert run.returncode == 0, f"{report}\n{run.stderr[-3000:]}"
    assert len(report["said"]) == len(SAID)
    for said, wanted in zip(report["said"], SAID, strict=True):
        assert said.startswith(wanted)
    assert report["compared"]
    assert "notes.txt" in report["told"]
    assert len(list((tmp_path / "screens").glob("*.png"))) == len(SAID)
