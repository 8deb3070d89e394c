"""A person's first quarter of an hour, with real events in a real window on a virtual screen and the shipped model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sora_studio.media.probe import probe
from tests.e2e.stage import virtual_screen

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Xvfb exists on Linux only")


def test_from_a_prompt_to_a_film(tmp_path: Path) -> None:
    x, y = np.meshgrid(np.linspace(0, 255, 640), np.linspace(0, 255, 480))
    photo = np.stack([x, y, 255 - x], axis=-1).astype(np.uint8)
    Image.fromarray(photo).save(tmp_path / "photo.png")
    home = {name: str(tmp_path / "home" / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    with virtual_screen() as display:
        env = {**os.environ, **home, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        script = [sys.executable, str(ROOT / "tests" / "e2e" / "first_light.py"), str(tmp_path)]
        run = subprocess.run(script, env=env, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    report = json.loads((tmp_path / "report.json").read_text()) if (tmp_path / "report.json").exists() else {}
    assert run.returncode == 0, f"{report.get('error')}\n{run.stderr[-3000:]}"
    assert report["focus"] == "prompt"
    assert report["live_clip_at_once"]
    assert report["different_previews"] >= 3
    assert report["picture_moved"]
    assert report["playing_at"] > 0
    promised = float(report["ghost"].removeprefix("Generate ").removesuffix(" s"))
    assert report["extension"]["length"] / 24 == pytest.approx(promised, abs=0.06)
    assert report["extension"]["start"] == report["extension"]["behind"]
    film = probe(Path(report["film"]))
    assert film.frames == report["timeline"]
    assert len(list((tmp_path / "screens").glob("*.png"))) >= 12
