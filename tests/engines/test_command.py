"""A model's folder on the command line, through the worker to a file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sora_studio import cli
from sora_studio.core.time import Size
from sora_studio.media.images import save_png
from sora_studio.media.probe import probe


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.slow  # a worker that loads torch, as the next one; test_ltx2.py and session/test_sounding.py hear sound
def test_generate_with_a_folder_of_a_model_that_makes_sound(
    checkpoint: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.mp4"
    model = str(checkpoint("ltx2"))
    words = ["generate", "a red ball", "--engine", model, "--size", "64x32", "--seconds", "0.7", "--steps", "2"]
    assert cli.main([*words, "--seed", "3", "-o", str(out), "--json", "--previews", str(tmp_path / "seen")]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events][-1] == "done"
    assert any(event["event"] == "progress" for event in events)
    info = probe(out)
    assert (info.size, info.frames, float(info.rate.fps)) == (Size(64, 32), 17, 24.0)
    assert info.audio
    assert list((tmp_path / "seen").glob("step-*.png"))
    assert cli.main(["recipe", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["engine"] == model


def test_a_model_of_the_library_by_name_and_a_picture_under_the_step_cache(
    checkpoint: Callable[[str], Path], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(checkpoint("wan-image-2.2"), home / "data" / "models" / "Wan-AI" / "I2V")
    (home / "data" / "models" / "unknown").mkdir()
    picture = save_png(tmp_path / "a.png", np.full((32, 64, 3), 120, np.uint8))
    usual = ["--engine", "Wan-AI/I2V", "--size", "64x32", "--seconds", "0.5", "--steps", "3"]
    assert cli.main(["animate", str(picture), *usual, "--speed", "cache", "-o", str(tmp_path / "out.mp4")]) == 0
    assert probe(tmp_path / "out.mp4").frames == 8
    said = capsys.readouterr().err
    assert "Quicker: Step cache" in said
    assert "The step cache " in said
    assert cli.main(["generate", "a ball", *usual, "-o", str(tmp_path / "no.mp4")]) == cli.BAD_INPUT
    assert "Give it a first image" in capsys.readouterr().err
    assert cli.main(["engines"]) == 0
    told = capsys.readouterr().out
    assert "Wan-AI/I2V: I2V. Wan 2.2 image to video." in told
    assert "unknown: " in told
    assert "no “model_index.json”" in told


def test_a_way_to_be_quicker_that_is_not_there_is_said(
    checkpoint: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["generate", "a red ball", "--engine", str(checkpoint("wan-text")), "--size", "64x32", "--seconds", "0.5"]
    out = str(tmp_path / "out.mp4")
    assert cli.main([*words, "--speed", "sage", "-o", out]) == cli.BAD_INPUT
    assert "“SageAttention” needs a graphics card" in capsys.readouterr().err
    assert cli.main([*words, "--speed", "wings", "-o", out]) == cli.BAD_INPUT
    assert "no speed setting “wings”" in capsys.readouterr().err


def test_a_folder_that_does_not_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["generate", "a ball", "--engine", str(tmp_path), "-o", str(tmp_path / "out.mp4")]
    assert cli.main(words) == cli.BAD_INPUT
    assert "no model in the layout of diffusers" in capsys.readouterr().err
