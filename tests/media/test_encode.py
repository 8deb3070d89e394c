from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.recipe import to_recipe
from sora_studio.core.request import Request
from sora_studio.core.time import Rate, Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.encode import PRESETS, VideoWriter
from sora_studio.media.metadata import read_recipe
from sora_studio.media.probe import probe
from sora_studio.media.sinks import _real_time
from tests.media.films import numbered, numbers
from tests.media.test_pillow import ordinary_user

RECIPE = to_recipe(Request("a fox, “très beau” 日本 – 100%", seed=7))
CODECS = {
    "h264": "h264",
    "h265": "hevc",
    "av1": "libdav1d",
    "vp9": "vp9",
    "prores": "prores",
    "gif": "gif",
    "webp": "webp",
}


def frames(count: int, width: int = 128, height: int = 80) -> np.ndarray:
    return np.stack([numbered(index, width, height) for index in range(count)])


def test_every_preset_is_tested() -> None:
    assert set(PRESETS) == {*CODECS, "png"}


@pytest.mark.parametrize("preset", CODECS)
def test_a_film_comes_back(tmp_path: Path, preset: str) -> None:
    path = tmp_path / f"film{PRESETS[preset].suffix}"
    with VideoWriter(path, Size(128, 80), Rate(12), preset=preset, recipe=RECIPE) as writer:
        writer.write(frames(20)[:7])
        writer.write(frames(20)[7:])
        assert not path.exists()
    info = probe(path)
    assert (info.codec, info.size, info.rate, info.frames) == (CODECS[preset], Size(128, 80), Rate(12), 20)
    with VideoReader(path) as reader:
        pictures = list(reader.frames())
        assert numbers(pictures) == list(range(20))
        assert [int(np.abs(picture.astype(int) - frames(20)[k]).mean()) for k, picture in enumerate(pictures)] <= [
            4
        ] * 20
    if preset not in ("gif", "webp"):
        assert read_recipe(path) == RECIPE
    assert os.listdir(tmp_path) == [path.name]


def test_a_folder_of_pictures(tmp_path: Path) -> None:
    path = tmp_path / "film"
    with VideoWriter(path, Size(128, 80), Rate(12), preset="png", recipe=RECIPE) as writer:
        writer.write(frames(3))
    assert sorted(os.listdir(path)) == ["frame_000001.png", "frame_000002.png", "frame_000003.png"]
    with VideoReader(path / "frame_000003.png") as reader:
        assert np.array_equal(reader.frame(0), frames(3)[2])
    assert read_recipe(path / "frame_000001.png") == RECIPE
    with pytest.raises(OutputError, match="new folder"):
        VideoWriter(path, Size(128, 80), Rate(12), preset="png")


def test_h264_is_made_for_scrubbing_and_the_web(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with VideoWriter(path, Size(128, 80), Rate(24)) as writer:
        writer.write(frames(60))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        keys = [index for index, packet in enumerate(container.demux(stream)) if packet.size and packet.is_keyframe]
        assert not stream.codec_context.has_b_frames
    assert max(b - a for a, b in pairwise(keys)) <= 12
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("preset", ["h264", "h265", "av1", "vp9"])
def test_the_same_frames_give_the_same_film(tmp_path: Path, preset: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (14, 80, 128, 3), np.uint8)
    digests = set()
    for name in ("a", "b"):
        path = tmp_path / f"{name}{PRESETS[preset].suffix}"
        with VideoWriter(path, Size(128, 80), Rate(24), preset=preset) as writer:
            writer.write(noise)
        with VideoReader(path) as reader:
            digests.add(hashlib.sha256(b"".join(picture.tobytes() for picture in reader.frames())).hexdigest())
    assert len(digests) == 1


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="real-time threads are told apart on Linux only")
@pytest.mark.parametrize("preset", PRESETS)
def test_writing_takes_nobody_s_turn(tmp_path: Path, preset: str) -> None:
    """SVT-AV1 would make real-time threads, where it may."""
    with VideoWriter(tmp_path / f"film{PRESETS[preset].suffix}", Size(128, 80), Rate(24), preset=preset) as writer:
        writer.write(np.zeros((3, 80, 128, 3), np.uint8))
        assert not _real_time()


@pytest.mark.slow
def test_the_same_frames_give_the_same_film_while_other_programs_hold_the_processor(tmp_path: Path) -> None:
    times, down, across = (np.arange(count) for count in (60, 90, 160))
    waves = np.sin((across + 4 * times[:, None, None]) / 20) * np.cos(down[:, None] / 30)
    moving = ((110 + 70 * waves)[..., None] * (0.9, 0.7, 0.83)).astype(np.uint8)
    digests, path = set(), tmp_path / "film.mp4"
    count = 2 * (os.cpu_count() or 1)
    busy = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(count)]
    try:
        for _ in range(150):
            with VideoWriter(path, Size(160, 90), Rate(30)) as writer:
                writer.write(moving)
            digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert len(digests) == 1


@pytest.mark.parametrize("size", [Size(127, 79), Size(127, 80), Size(1, 1), Size(17, 1), Size(3, 2)])
def test_odd_sizes_are_padded_with_their_own_edge(tmp_path: Path, size: Size) -> None:
    path = tmp_path / "film.mp4"
    picture = np.full((1, size.height, size.width, 3), 90, np.uint8)
    with VideoWriter(path, size, Rate(24)) as writer:
        writer.write(picture.repeat(3, axis=0))
    info = probe(path)
    assert (info.size.width, info.size.height) == (size.width + size.width % 2, size.height + size.height % 2)
    with VideoReader(path) as reader:
        assert np.abs(reader.frame(0).astype(int) - 90).max() <= 2


@pytest.mark.parametrize("preset", ["h264", "vp9", "prores", "gif", "webp"])
def test_tiny_pictures(tmp_path: Path, preset: str) -> None:
    path = tmp_path / f"film{PRESETS[preset].suffix}"
    with VideoWriter(path, Size(2, 2), Rate(24), preset=preset) as writer:
        writer.write(np.stack([np.full((2, 2, 3), level, np.uint8) for level in (0, 200)]))
    assert probe(path).frames == 2


@pytest.mark.parametrize("preset", ["h265", "av1"])
def test_a_size_that_a_format_cannot_hold(tmp_path: Path, preset: str) -> None:
    with pytest.raises(OutputError, match=r"2x2.*Choose another size or format"):
        VideoWriter(tmp_path / "film.mp4", Size(2, 2), Rate(24), preset=preset)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("rate", [Rate(8), Rate(24000, 1001), Rate(30000, 1001), Rate(60)])
@pytest.mark.parametrize("preset", ["h264", "vp9"])
def test_rates(tmp_path: Path, rate: Rate, preset: str) -> None:
    path = tmp_path / f"film{PRESETS[preset].suffix}"
    with VideoWriter(path, Size(128, 80), rate, preset=preset) as writer:
        writer.write(frames(20))
    info = probe(path)
    assert (info.rate, info.frames, info.variable_rate) == (rate, 20, False)


def fail_midway(path: Path, preset: str) -> None:
    with VideoWriter(path, Size(128, 80), Rate(24), preset=preset) as writer:
        writer.write(frames(5))
        raise RuntimeError("stop")


@pytest.mark.parametrize("preset", PRESETS)
def test_an_exception_leaves_nothing(tmp_path: Path, preset: str) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        fail_midway(tmp_path / f"film{PRESETS[preset].suffix}", preset)
    assert os.listdir(tmp_path) == []


def test_a_film_without_frames_is_not_written(tmp_path: Path) -> None:
    for preset in PRESETS:
        with pytest.raises(OutputError, match="no frames"):
            VideoWriter(tmp_path / f"film{PRESETS[preset].suffix}", Size(128, 80), Rate(24), preset=preset).close()
        assert os.listdir(tmp_path) == []


def test_an_older_file_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("old")
    writer = VideoWriter(path, Size(128, 80), Rate(24))
    writer.write(frames(3))
    assert path.read_text() == "old"
    writer.abort()
    writer.abort()
    assert path.read_text() == "old"
    with VideoWriter(path, Size(128, 80), Rate(24)) as writer:
        writer.write(frames(3))
    writer.close()
    assert probe(path).frames == 3
    assert os.listdir(tmp_path) == ["film.mp4"]
    with pytest.raises(OutputError, match="closed"):
        writer.write(frames(1))


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.mp4").mkdir()
    cases = {
        tmp_path / "missing" / "film.mp4": "does not exist",
        tmp_path / "file" / "film.mp4": "not a folder",
        tmp_path / "folder.mp4": "is a folder",
        tmp_path / ("x" * 300 + ".mp4"): "too long",
    }
    for path, words in cases.items():
        with pytest.raises(OutputError, match=words):
            VideoWriter(path, Size(128, 80), Rate(24))
    assert sorted(os.listdir(tmp_path)) == ["file", "folder.mp4"]


def test_a_read_only_folder() -> None:
    with ordinary_user() as folder:
        locked = folder / "locked"
        locked.mkdir()
        locked.chmod(0o500)
        for preset in PRESETS:
            with pytest.raises(OutputError, match="Nothing may be written"):
                VideoWriter(locked / f"film{PRESETS[preset].suffix}", Size(128, 80), Rate(24), preset=preset)
        locked.chmod(0o700)


FILL = """
import os, resource, sys
import numpy as np
from pathlib import Path
from sora_studio.core.errors import OutputError
from sora_studio.core.time import Rate, Size
from sora_studio.media.encode import PRESETS, VideoWriter
folder, most = Path(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
def held():
    opened = Path("/proc/self/fd")
    return [str(path) for path in opened.iterdir() if str(folder) in os.path.realpath(path)] if opened.exists() else []
noise = np.random.default_rng(0).integers(0, 255, (4, 160, 256, 3), np.uint8)
for name, preset in PRESETS.items():
    try:
        with VideoWriter(folder / f"film{preset.suffix}", Size(256, 160), Rate(24), preset=name) as writer:
            for _ in range(20):
                writer.write(noise)
    except OutputError as error:
        print(name, error)
    print(name, os.listdir(folder), held())
"""


@pytest.mark.parametrize("most", [20_000, 0])
def test_a_disk_that_takes_no_more(tmp_path: Path, most: int) -> None:
    # A limit on the size of files fails in the same calls as a full disk does.
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path), str(most)], capture_output=True, text=True, timeout=120, check=True
    )
    lines = done.stdout.splitlines()
    for preset in PRESETS:
        assert f"{preset} [] []" in lines, "nothing stays, and nothing stays open"
        reason = next(line for line in lines if line.startswith(f"{preset} “"))
        assert "grew larger than this disk allows" in reason


LAST = """
import resource, sys
import numpy as np
from pathlib import Path
from sora_studio.core.errors import OutputError
from sora_studio.core.time import Rate, Size
from sora_studio.media.encode import PRESETS, VideoWriter
noise = np.random.default_rng(0).integers(0, 255, (6, 96, 128, 3), np.uint8)
def size(name, most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    path = Path(sys.argv[1]) / f"film{PRESETS[name].suffix}"
    try:
        with VideoWriter(path, Size(128, 96), Rate(24), preset=name) as writer:
            writer.write(noise)
    except OutputError:
        return 0
    return path.stat().st_size
for name, preset in PRESETS.items():
    if preset.kind != "pictures":
        whole = size(name, resource.RLIM_INFINITY)
        print(name, *(size(name, most) for most in (whole - 1, whole - 40, whole * 3 // 4, whole // 2)))
"""


def test_a_film_whose_end_finds_no_room_is_none(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LAST, str(tmp_path)], capture_output=True, text=True, timeout=120, check=True
    )
    kinds = [name for name, preset in PRESETS.items() if preset.kind != "pictures"]
    assert done.stdout.splitlines() == [f"{name} 0 0 0 0" for name in kinds]


def test_settings_that_make_no_sense(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="h264, h265"):
        VideoWriter(tmp_path / "film.mp4", Size(64, 48), Rate(24), preset="divx")
    with pytest.raises(BadInput, match=r"51 \(worst\) and 0 \(best\)"):
        VideoWriter(tmp_path / "film.mp4", Size(64, 48), Rate(24), quality=99)
    with pytest.raises(BadInput, match="50 frames a second"):
        VideoWriter(tmp_path / "film.gif", Size(64, 48), Rate(60), preset="gif")
    with pytest.raises(BadInput, match=r"must end in \.mp4"):
        VideoWriter(tmp_path / "film.avi", Size(64, 48), Rate(24))
    writer = VideoWriter(tmp_path / "film.mp4", Size(64, 48), Rate(24))
    for wrong in (np.zeros((1, 10, 10, 3), np.uint8), np.zeros((1, 48, 64, 3), np.float32)):
        with pytest.raises(BadInput, match="64x48"):
            writer.write(wrong)
    writer.abort()
    assert os.listdir(tmp_path) == []


def test_quality_changes_the_size(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (5, 80, 128, 3), np.uint8)
    sizes = []
    for quality in (5, 40):
        path = tmp_path / f"{quality}.mp4"
        with VideoWriter(path, Size(128, 80), Rate(24), quality=quality) as writer:
            writer.write(noise)
        sizes.append(path.stat().st_size)
    assert sizes[0] > 2 * sizes[1]


def test_long_recipes_survive(tmp_path: Path) -> None:
    recipe = to_recipe(Request("日本" * 10_000, negative="ü" * 20_000))
    assert len(json.dumps(recipe, ensure_ascii=False).encode()) > 90_000
    for preset in ("h264", "prores", "vp9"):
        path = tmp_path / f"film{PRESETS[preset].suffix}"
        with VideoWriter(path, Size(128, 80), Rate(24), preset=preset, recipe=recipe) as writer:
            writer.write(frames(2))
        assert read_recipe(path) == recipe
