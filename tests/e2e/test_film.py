"""A film of five shots made from nothing with real events, and what can be seen and heard in its file.

Runs by name: python -m pytest -m slow tests/e2e/test_film.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.e2e import props
from tests.e2e.film import SOUND_SECONDS
from tests.e2e.stage import virtual_screen

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ("words", "bridge", "photo", "loop", "storyboard")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb exists on Linux only"),
]


@dataclass(frozen=True)
class Film:
    """The report of the session and the file it made."""

    report: dict[str, Any]
    path: Path

    @cached_property
    def frames(self) -> np.ndarray:
        """(T, H, W, 3)."""
        return pictures(self.path)

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.frames.shape[2], self.frames.shape[1]

    def start(self, shot: str) -> int:
        """The first frame of a shot."""
        return int(self.report["shots"][shot]["start"])

    def stop(self, shot: str) -> int:
        """The frame behind a shot."""
        return int(self.report["shots"][shot]["stop"])

    def media(self, shot: str) -> np.ndarray:
        """What was made for a shot, in the film's size."""
        made = pictures(Path(self.report["shots"][shot]["file"]))
        return np.stack([np.asarray(Image.fromarray(one).resize(self.size, Image.Resampling.BICUBIC)) for one in made])


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    folder = tmp_path_factory.mktemp("film")
    home = {name: str(folder / "home" / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    with virtual_screen() as display:
        env = {**os.environ, **home, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        script = [sys.executable, str(ROOT / "tests" / "e2e" / "film.py"), str(folder)]
        run = subprocess.run(script, env=env, cwd=ROOT, capture_output=True, text=True, timeout=1500, check=False)
    report = json.loads((folder / "report.json").read_text()) if (folder / "report.json").exists() else {}
    assert run.returncode == 0, f"{report.get('error')}\n{run.stderr[-3000:]}"
    return Film(report, folder / "film.mp4")


def pictures(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)])


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """How different two pictures are: the mean difference of a value, 0 to 255."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two pictures in the colour in which they are least alike; a tint does not count."""
    return min(float(np.corrcoef(one[..., k].ravel(), other[..., k].ravel())[0, 1]) for k in range(3))


def test_the_film_is_what_was_promised(film: Film) -> None:
    with av.open(str(film.path)) as file:
        assert file.streams.video[0].average_rate == 24
    assert len(film.frames) == film.report["timeline"] == film.stop("storyboard")
    assert "x".join(map(str, film.size)) == film.report["size"]
    assert f"{len(film.frames)} frames" in film.report["forecast"]
    assert film.report["said"]["ghost"] == "Generate 1.0 s"
    assert film.stop("extension") - film.start("extension") == 24
    assert film.report["said"]["03-photo"] == "Animate this image"
    assert film.report["undone"]
    assert film.report["redone"]


def test_no_frame_is_black_or_empty(film: Film) -> None:
    assert min(frame.mean() for frame in film.frames) > 16
    assert min(frame.std() for frame in film.frames) > 4


def test_five_shots_follow_each_other_and_differ(film: Film) -> None:
    places = [(film.start(shot), film.stop(shot)) for shot in ("words", "rest", "bridge", "photo", "extension", "loop")]
    assert [stop for _, stop in places] == [*(start for start, _ in places[1:]), film.start("storyboard")]
    # From the parts that no dissolve covers.
    seen = {shot: film.frames[(film.start(shot) + film.stop(shot)) // 2 + 2] for shot in SHOTS}
    for one, other in combinations(SHOTS, 2):
        assert apart(seen[one], seen[other]) > 8, (one, other)


def test_the_photo_is_recognised_at_its_place(film: Film, tmp_path: Path) -> None:
    props.photo(tmp_path / "photo.png")
    given = np.asarray(Image.open(tmp_path / "photo.png").resize(film.size))
    alike = [likeness(given, frame) for frame in film.frames]
    first = film.start("photo")
    assert alike[first] > 0.75
    # Three frames of the film show one of the model.
    assert first <= int(np.argmax(alike)) < first + 3


def test_the_bridge_fills_its_gap_and_keeps_its_neighbours(film: Film) -> None:
    first, behind = film.start("bridge"), film.stop("bridge")
    before, after = film.media("rest")[-1], film.media("photo")[0]
    assert behind - first == film.report["gap"]
    assert apart(film.frames[first - 1], before) < 6
    assert apart(film.frames[behind], after) < 6


def test_the_look_covers_its_shot_up_to_the_cut(film: Film) -> None:
    told, made = film.media("words"), film.media("rest")
    end = film.stop("words")
    assert end == film.start("rest") < film.stop("rest")
    assert apart(film.frames[0], told[0]) < 6 < apart(film.frames[0], made[0])
    assert apart(film.frames[end], made[end * 8 // 24]) < 6


def test_loop_and_storyboard_dissolve(film: Film) -> None:
    cut, length = film.start("storyboard"), film.report["dissolve"]
    span = film.frames[cut - length // 2 - 1 : cut + length // 2 + 1]
    whole = apart(span[0], span[-1])
    assert max(apart(one, other) for one, other in pairwise(span)) < whole / 2


def test_the_tone_is_heard_as_long_as_it_lasts(film: Film) -> None:
    assert film.report["sound_at"] == 0
    with av.open(str(film.path)) as file:
        stream = file.streams.audio[0]
        rate = stream.rate
        heard = np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=-1)[0].astype(np.float64)
    assert len(heard) / rate == pytest.approx(len(film.frames) / 24, abs=0.1)
    middle = heard[rate : 2 * rate]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == pytest.approx(props.PITCH, abs=1)
    after = heard[round((SOUND_SECONDS + 0.2) * rate) :]
    assert np.abs(after).max() < np.abs(middle).max() / 50


def test_every_act_left_a_picture_of_the_screen(film: Film) -> None:
    assert len(list((film.path.parent / "screens").glob("*.png"))) == 16
    assert film.report["events"]["key"]
    assert film.report["events"]["mousedown"]
