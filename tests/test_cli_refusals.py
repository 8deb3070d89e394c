"""Wrong input: one sentence that says what to do, the right exit code, no traceback, nothing half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from sora_studio import cli
from sora_studio.cli.verbs import keyframe
from sora_studio.core.errors import BadInput
from sora_studio.session.draft import Keyframe


@pytest.fixture(scope="session")
def wrong_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What people give by mistake."""
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "text.mp4").write_text("These are words, not pictures.\n" * 40)
    (folder / "empty.png").write_bytes(b"")
    (folder / "file").write_text("")
    (folder / "folder").mkdir()
    Image.new("RGB", (1, 1)).save(folder / "pixel.png")
    Image.new("RGB", (64, 64)).save(folder / "fine.png")
    data = bytearray((folder / "fine.png").read_bytes())
    data[16:24] = bytes(8)  # width and height of the header
    (folder / "zero.png").write_bytes(data)
    return folder


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong_files: Path) -> None:
    monkeypatch.setenv("SORA_STUDIO_LOADER", "tests.fakes.engine:load")
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    shutil.copytree(wrong_files, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


WRONG = [
    ([], "required"),
    (["paint"], "invalid choice"),
    (["generate", "rain"], "-o"),
    (["generate", "-o", "out.mp4"], "few words"),
    (["generate", "", "-o", "out.mp4"], "few words"),
    (["generate", "rain", "-o", "out.mp4", "--steps", "many"], "--steps"),
    (["generate", "rain", "-o", "out.mp4", "--steps", "0"], "Steps lie between"),
    (["generate", "rain", "-o", "out.mp4", "--guidance", "nan"], "Guidance"),
    (["generate", "rain", "-o", "out.mp4", "--seed", "-1"], "seed"),
    (["generate", "rain", "-o", "out.mp4", "--seconds", "-1"], "length"),
    (["generate", "rain", "-o", "out.mp4", "--seconds", "nan"], "length"),
    (["generate", "rain", "-o", "out.mp4", "--size", "wide"], "WIDTHxHEIGHT"),
    (["generate", "rain", "-o", "out.mp4", "--size", "0x5"], "at least one pixel"),
    (["generate", "rain", "-o", "out.mp4", "--engine", "dream"], "There are: sora"),
    (["generate", "rain", "-o", "out.mp4", "--look", "dream"], "watercolour"),
    (["generate", "rain", "-o", "out.mp4", "--lora", "ink.pt:0.5"], "is a pickle"),
    (["generate", "rain", "-o", "out.mp4", "--lora", "ink.safetensors"], "cannot be read"),
    (["generate", "rain", "-o", "out.txt"], ".mp4"),
    (["generate", "rain", "-o", "out"], ".mp4"),
    (["generate", "rain", "-o", "folder"], ".mp4"),
    (["generate", "rain", "-o", "out.mp4", "--sheet", "sheet.jpg"], ".png"),
    (["generate", "rain", "-o", "out.mp4", "--given", "fine.png"], "AT:FILE"),
    (["generate", "rain", "-o", "out.mp4", "--given", "9:fine.png"], "inside it"),
    (["generate", "rain", "-o", "out.mp4", "--given", "0:fine.png:7"], "Strength"),
    (["generate", "x" * 100_000, "-o", "out.mp4"], "Shorten"),
    (["generate", "--from", "fine.png", "-o", "out.mp4"], "no recipe"),
    (["generate", "--from", "none.mp4", "-o", "out.mp4"], "not there"),
    (["recipe", "text.mp4"], "no recipe"),
    (["recipe", "none.mp4"], "not there"),
    (["animate", "none.png", "-o", "out.mp4"], "not there"),
    (["animate", "text.mp4", "-o", "out.mp4"], "text.mp4"),
    (["animate", "empty.png", "-o", "out.mp4"], "empty"),
    (["animate", "zero.png", "-o", "out.mp4"], "zero.png"),
    (["animate", "pixel.png", "-o", "out.mp4"], "1x1"),
    (["animate", "folder", "-o", "out.mp4"], "folder"),
    (["extend", "text.mp4", "-o", "out.mp4"], "text.mp4"),
    (["extend", "fine.png", "-o", "out.mp4", "--seconds", "0"], "length"),
    (["bridge", "fine.png", "none.mp4", "-o", "out.mp4"], "not there"),
    (["restyle", "fine.png", "-o", "out.mp4"], "look"),
    (["restyle", "fine.png", "-o", "out.mp4", "--prompt", "rain", "--strength", "2"], "Strength"),
    (["loop", "pixel.png", "-o", "out.mp4"], "1x1"),
    (["export", "folder", "-o", "out.mp4"], "no project"),
    (["export", "none", "-o", "out.mp4"], "no project"),
    (["train"], "required"),
    (["bench", "paint"], "invalid choice"),
]


@pytest.mark.parametrize(("words", "told"), WRONG, ids=[" ".join(words)[:60] for words, _ in WRONG])
def test_bad_input_ends_with_2_and_a_sentence(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(Path().iterdir())
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert "Traceback" not in err
    assert err.strip().endswith(".")
    assert len(err.strip().splitlines()) == 1
    assert sorted(Path().iterdir()) == before


def test_programs_hear_of_errors_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["animate", "none.png", "-o", "out.mp4", "--json"]) == 2
    assert '"event": "error"' in capsys.readouterr().out


def test_a_picture_of_20000_pixels_is_read_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("1", (20_000, 20_000)).save("huge.png", compress_level=1)
    code = cli.main(["animate", "huge.png", "-o", "out.mp4", "--steps", "1", "--seconds", "0.25"])
    err = capsys.readouterr().err
    assert code in (0, 2)
    assert "Traceback" not in err
    assert Path("out.mp4").exists() == (code == 0)


@pytest.mark.parametrize("output", ["file/out.mp4", "none/out.mp4", "folder/none/out.webm"])
def test_an_unwritable_place_is_said_before_anything_is_made(output: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", "crash", "-o", output]) in (1, 2)  # the word would kill a worker
    assert "folder" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not hold back this user")
def test_a_read_only_folder_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path("folder").chmod(0o500)
    assert cli.main(["generate", "crash", "-o", "folder/out.mp4"]) in (1, 2)
    assert "Choose another folder" in capsys.readouterr().err


def test_a_film_does_not_overwrite_its_own_source(capsys: pytest.CaptureFixture[str]) -> None:
    Path("fine.png").rename("fine.mp4")  # names do not matter to the reader
    assert cli.main(["animate", "fine.mp4", "-o", "./fine.mp4"]) == 2
    assert "own source" in capsys.readouterr().err


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a few kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("only root may mount a small disk")
    (folder / "ballast").write_bytes(bytes(56 * 1024))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_and_nothing_is_left(full_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["generate", "a wide field", "-o", str(full_disk / "out.mp4"), "--seconds", "4", "--steps", "1"]
    assert cli.main(words) == 1
    assert "disk is full" in capsys.readouterr().err
    assert [path.name for path in full_disk.iterdir()] == ["ballast"]


@pytest.mark.parametrize(
    ("mood", "told"),
    [("fail", "cannot paint"), ("crash", "signal 9"), ("bug", "")],
)
def test_a_failing_engine_ends_with_1(mood: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", mood, "-o", "out.mp4", "--steps", "2"]) == 1
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err
    assert not Path("out.mp4").exists()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0:fine.png", Keyframe(0.0, Path("fine.png"))),
        ("1.5:fine.png:0.25", Keyframe(1.5, Path("fine.png"), 0.25)),
        (r"2:C:\pictures\a.png", Keyframe(2.0, Path(r"C:\pictures\a.png"))),
        (r"2:C:\pictures\a.png:1", Keyframe(2.0, Path(r"C:\pictures\a.png"), 1.0)),
        ("0:what: a day.png", Keyframe(0.0, Path("what: a day.png"))),
    ],
)
def test_given_frames_are_read_with_colons_in_names(text: str, read: Keyframe) -> None:
    assert keyframe(text) == read


def test_a_file_whose_name_ends_like_a_strength_is_found() -> None:
    Path("scene:0.5").write_bytes(Path("fine.png").read_bytes())
    assert keyframe("0:scene:0.5") == Keyframe(0.0, Path("scene:0.5"))
    for wrong in ("", ":", "0:", "x:fine.png", "-1:fine.png", "nan:fine.png", "inf:fine.png"):
        with pytest.raises(BadInput, match="AT:FILE"):
            keyframe(wrong)
