"""Every verb of the command line on real files, with a real worker process and an engine without a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sora_studio import cli
from sora_studio.cli.arguments import make_parser
from sora_studio.core.edits import place
from sora_studio.core.manner import manner_of
from sora_studio.core.project import Project
from sora_studio.core.speed import Speed
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.media.encode import VideoWriter
from sora_studio.media.footage import read_footage
from sora_studio.media.metadata import read_recipe
from sora_studio.media.probe import probe
from sora_studio.session import store
from tests.fakes.checkpoint import LARGE, paper_checkpoint, paper_weights
from tests.media.test_credentials import told

Run = Callable[..., "Ran"]


@dataclass
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def done(self) -> dict[str, Any]:
        assert self.code == 0, self.err
        (event,) = (event for event in self.events if event["event"] == "done")
        return event


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("SORA_STUDIO_LOADER", "tests.fakes.engine:load")
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ran:
        code = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture(scope="session")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of somebody else's film: 30 frames a second, 160x90."""
    path = tmp_path_factory.mktemp("phone") / "phone film.mp4"
    with VideoWriter(path, Size(160, 90), Rate(30)) as writer:
        levels = np.linspace(20, 200, 30).astype(np.uint8)
        writer.write(np.broadcast_to(levels[:, None, None, None], (30, 90, 160, 3)).copy())
    return path


def test_what_the_model_reads_is_said_where_it_is_not_what_was_written(run: Run) -> None:
    said = run("generate", "a taxi at dusk", "-o", "a.mp4", "--seconds", "0.1", "--steps", "1")
    assert said.code == 0, said.err
    assert "The model reads: a car at sunset\n" in said.err
    assert "The model reads" not in run("generate", "a car", "-o", "b.mp4", "--seconds", "0.1", "--steps", "1").err


def test_generate_writes_the_promised_film_and_counts_every_step(run: Run, tmp_path: Path) -> None:
    words = ("generate", "a red balloon 🎈 מעל הגבעות", "--seed", 5, "--steps", 3, "--seconds", 1, "--json")
    first = run(*words, "-o", "a.mp4", "--previews", "pv", "--sheet", "sheet.png")
    done = first.done
    assert done["file"] == "a.mp4"
    assert (done["frames"], done["fps"], done["size"], done["seed"]) == (8, 8.0, [192, 112], 5)
    progress = [event for event in first.events if event["event"] == "progress"]
    assert [(event["step"], event["steps"]) for event in progress] == [(1, 3), (2, 3), (3, 3)]
    assert all(event["seconds"] >= 0 for event in progress)
    info = probe(tmp_path / "a.mp4")
    assert (info.codec, info.frames, info.rate, info.size) == ("h264", 8, Rate(8), Size(192, 112))
    assert sorted(path.name for path in (tmp_path / "pv").iterdir()) == [f"step-000{n}.png" for n in (1, 2, 3)]
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size[0] > 192
    recipe = json.loads(run("recipe", "a.mp4").out)
    assert (recipe["prompt"], recipe["seed"]) == ("a red balloon 🎈 מעל הגבעות", 5)
    assert run("generate", "--from", "a.mp4", "-o", "b.mp4", "--json").done["seed"] == 5
    assert np.array_equal(read_footage(tmp_path / "a.mp4").frames, read_footage(tmp_path / "b.mp4").frames)
    run("generate", "--from", "a.mp4", "-o", "c.mp4", "--seed", 6, "--seconds", 0.5)
    other = read_footage(tmp_path / "c.mp4").frames
    assert len(other) == 4
    assert not np.array_equal(read_footage(tmp_path / "a.mp4").frames[:4], other)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_people_read_standard_error(run: Run) -> None:
    ran = run("generate", "rain", "-o", "out.webm", "--draft", "--look", "Neon", "--size", "144x144", "--seconds", 2)
    assert ran.code == 0
    assert ran.out == ""
    assert "step 8 of 8" not in ran.err
    assert "step 4 of 4" in ran.err
    assert "made and cut to 16" in ran.err
    assert "out.webm: 16 frames of 144x144" in ran.err
    recipe = read_recipe(Path("out.webm"))
    assert recipe is not None
    assert "neon" in recipe["prompt"]
    assert recipe["look"] == "neon"
    assert (recipe["steps"], recipe["guidance"]) == (4, 5.0)


def test_animate_places_pictures(run: Run, tmp_path: Path) -> None:
    Image.new("RGB", (301, 200), (200, 40, 40)).save(tmp_path / "red: one.png")
    Image.new("RGB", (64, 64), (40, 40, 200)).save(tmp_path / "blue.webp")
    ran = run(
        "animate", "red: one.png", "-o", "out.mp4", "--seconds", 1, "--given", "1:blue.webp:0.5", "--steps", 1, "--json"
    )
    assert ran.done["frames"] == 8
    recipe = read_recipe(tmp_path / "out.mp4")
    assert recipe is not None
    assert [(given["at"], given["strength"]) for given in recipe["given"]] == [(0, 1.0), (7, 0.5)]
    first = read_footage(tmp_path / "out.mp4").frames[0].mean((0, 1))
    assert np.abs(first - (200, 40, 40)).max() < 8


def test_extend_keeps_the_clips_own_size_and_rate(run: Run, tmp_path: Path, phone: Path) -> None:
    ran = run("extend", phone, "-o", "out.mp4", "--seconds", 1, "--steps", 1, "--json")
    assert (ran.done["frames"], ran.done["fps"], ran.done["size"]) == (60, 30.0, [160, 90])
    assert "brought to the clip's own 160x90 at 30" in ran.err
    film = read_footage(tmp_path / "out.mp4").frames
    own = read_footage(phone).frames
    assert np.abs(film[:30].astype(int) - own).mean() < 3
    recipe = read_recipe(tmp_path / "out.mp4")
    assert recipe is not None
    assert recipe["result"] == "joined"
    assert run("generate", "--from", "out.mp4", "-o", "again.mp4", "--json").done["frames"] == 60
    assert np.array_equal(read_footage(tmp_path / "again.mp4").frames, film)


def test_what_came_before_and_only_the_new_part(run: Run, tmp_path: Path, phone: Path) -> None:
    ran = run("extend", phone, "-o", "out.mp4", "--seconds", 0.5, "--before", "--steps", 1, "--json")
    assert ran.done["frames"] == 45
    film, own = read_footage(tmp_path / "out.mp4").frames, read_footage(phone).frames
    assert np.abs(film[15:].astype(int) - own).mean() < 3
    only = run("extend", phone, "-o", "only.mp4", "--seconds", 0.5, "--only", "--steps", 1, "--json")
    assert (only.done["frames"], only.done["fps"]) == (4, 8.0)


def test_bridge_and_loop(run: Run, tmp_path: Path, phone: Path) -> None:
    Image.new("RGB", (90, 90), (10, 200, 10)).save(tmp_path / "next.png")
    frames = [Image.new("RGB", (80, 60), (level, level, level)) for level in range(0, 250, 25)]
    frames[0].save(tmp_path / "b.gif", save_all=True, append_images=frames[1:], duration=100)
    ran = run("bridge", phone, "b.gif", "-o", "out.mp4", "--seconds", 1, "--steps", 1, "--json")
    assert (ran.done["frames"], ran.done["size"]) == (90, [160, 90])
    looped = run("loop", phone, "-o", "loop.mp4", "--steps", 1, "--json")
    assert looped.done["frames"] == 30 + 26  # seven frames at 8 a second: what is made at once between two ends
    still = run("bridge", "next.png", phone, "-o", "still.mp4", "--seconds", 1, "--steps", 1, "--json")
    assert (still.done["fps"], still.done["size"]) == (8.0, [90, 90])


def test_restyle_keeps_the_duration(run: Run, tmp_path: Path, phone: Path) -> None:
    ran = run("restyle", phone, "-o", "out.mp4", "--look", "watercolour", "--strength", 0.3, "--steps", 1, "--json")
    assert (ran.done["frames"], ran.done["fps"], ran.done["size"]) == (8, 8.0, [192, 112])
    recipe = read_recipe(tmp_path / "out.mp4")
    assert recipe is not None
    assert recipe["given"][0]["strength"] == 0.3


def test_upscale_keeps_rate_length_and_sound(run: Run, tmp_path: Path, phone: Path) -> None:
    ran = run("upscale", phone, "-o", "out.mp4", "--by", 4, "--sheet", "sheet.png", "--json")
    assert (ran.done["frames"], ran.done["fps"], ran.done["size"], ran.done["seed"]) == (30, 30.0, [640, 360], None)
    recipe = read_recipe(tmp_path / "out.mp4")
    assert recipe is not None
    assert (recipe["engine"], recipe["result"], recipe["given"][0]["strength"]) == ("span-x4", "enlarged", 1.0)
    assert (tmp_path / "sheet.png").is_file()
    assert not probe(tmp_path / "out.mp4").audio
    refused = run("generate", "--from", "out.mp4", "-o", "again.mp4")
    assert (refused.code, "upscaled from footage" in refused.err) == (2, True)
    with VideoWriter(tmp_path / "loud.mp4", Size(64, 48), Rate(25)) as writer:
        writer.add_sound()
        writer.write(np.zeros((25, 48, 64, 3), np.uint8))
        writer.write_sound(np.full((48000, 2), 0.2, np.float32))
    assert run("upscale", "loud.mp4", "-o", "large.mp4", "--json").done["size"] == [128, 96]
    film = probe(tmp_path / "large.mp4")
    assert (film.audio, film.frames, film.rate) == (True, 25, Rate(25))


def test_an_upscaled_file_is_generated_again_from_its_first_recipe(run: Run, tmp_path: Path) -> None:
    words = ("--seconds", 1, "--steps", 1, "--seed", 3, "--json")
    assert run("generate", "a red ball", "-o", "small.mp4", *words).code == 0
    assert run("upscale", "small.mp4", "-o", "large.mp4", "--json").done["size"] == [384, 224]
    done = run("generate", "--from", "large.mp4", "-o", "again.mp4", "--json").done
    assert (done["size"], done["seed"]) == ([192, 112], 3)
    assert np.array_equal(read_footage(tmp_path / "again.mp4").frames, read_footage(tmp_path / "small.mp4").frames)
    assert run("upscale", "small.mp4", "--by", 3, "-o", "x.mp4").code == 2
    assert "its own source" in run("upscale", "small.mp4", "-o", "small.mp4").err


def test_a_long_clip_in_one_command(run: Run) -> None:
    done = run("generate", "a long walk", "-o", "out.mp4", "--seconds", 10, "--steps", 1, "--json").done
    assert done["frames"] == 80


def test_export_writes_a_projects_film(run: Run, tmp_path: Path, phone: Path) -> None:
    from sora_studio.core.media_item import MediaItem, Ready

    item = MediaItem("m", "phone", Ready(str(phone)), 30, Rate(30), Size(160, 90))
    timeline = place(Timeline(size=Size(160, 90)), 0, Clip("m", 0, 24))
    store.save(Project("Film", timeline, {"m": item}), tmp_path / "film")
    done = run("export", "film", "-o", "out.mp4", "--json").done
    assert (done["frames"], done["fps"], done["size"]) == (24, 24.0, [160, 90])
    other = run("export", "film/project.json", "-o", "out.mov", "--preset", "prores", "--rate", "12", "--json").done
    assert other["frames"] == 12
    pictures = run("export", "film", "-o", "pictures", "--preset", "png", "--size", "80x46", "--json").done
    assert (pictures["frames"], pictures["size"]) == (24, [80, 46])
    run("export", "film", "-o", "signed.mp4", "--credentials")
    assert told(tmp_path / "signed.mp4")[0] == "Valid"
    refused = run("export", "film", "-o", "signed.webm", "--credentials")
    assert refused.code == 2
    assert "holds no content credentials" in refused.err
    for ending in ("otio", "edl", "fcpxml"):
        assert run("export", "film", "-o", f"film.{ending}", "--json").done["file"] == f"film.{ending}"
        assert (tmp_path / f"film.{ending}").stat().st_size > 200


def test_doctor_writes_a_report(run: Run, tmp_path: Path) -> None:
    run("doctor", "--report", tmp_path / "report.txt")
    told = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert told.startswith("Sora Studio: report\n")
    assert str(tmp_path) not in told
    refused = run("doctor", "--report", tmp_path / "nowhere" / "report.txt")
    assert refused.code == 1
    assert "Choose another place" in refused.err


def test_engines_and_doctor_answer_people_and_programs(run: Run) -> None:
    assert "192x112" in run("engines").out
    assert json.loads(run("engines", "--json").out)[0]["name"] == "sora"
    told = run("doctor")
    assert "Python" in told.out
    report = json.loads(run("doctor", "--json").out)
    found = {finding["name"]: finding["value"] for finding in report["findings"]}
    assert {"torch", "memory", "display", "formats"} <= found.keys()
    assert found["accelerator"] == "Paper card (cuda), 12.0 GB, 11.0 GB free, bf16 and fp8 at 50.00 TFLOP/s"
    assert found["processor"].startswith("Abacus, ")
    assert told.code == (0 if report["fine"] else 1)


def test_how_a_model_fits_is_said_and_what_ran_out_is_remembered(run: Run, tmp_path: Path) -> None:
    folder = paper_checkpoint(tmp_path / "wan")
    paper_weights(folder, LARGE | {"text_encoder": {"block.0.layer.weight": (64, 64)}})
    usual = ("--engine", folder, "--size", "64x32", "--seconds", 0.5, "--steps", 2, "-o", "a.mp4")
    told = run("generate", "a ball", "--speed", "cache", *usual)
    assert told.code == 0
    assert "Fits: 3." in told.err
    assert run("generate", "--from", "a.mp4", "-o", "b.mp4").code == 0
    for name in ("a.mp4", "b.mp4"):
        setup = manner_of(read_recipe(tmp_path / name) or {})
        assert setup is not None
        assert setup.speed == Speed(cache=True), "the recipe is made again as it was run"
    failed = run("generate", "a cramped ball", *usual)
    assert failed.code == 1
    fits, memory, then = (
        failed.err.index(words) for words in ("Fits: 3.", "What ran out is", "Tight: all on the card")
    )
    assert fits < memory < then
    again = run("generate", "a cramped ball", *usual)
    assert again.code == 0, "it is made in tiles now"
    assert "Tight: all on the card and decoded in tiles" in again.err


def test_settings_are_the_defaults_and_options_win(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "config"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text('[generation]\nseconds = 0.5\nsteps = 2\nsize = "112x192"\n')
    assert run("generate", "rain", "-o", "a.mp4", "--json").done["size"] == [112, 192]
    recipe = read_recipe(tmp_path / "a.mp4")
    assert recipe is not None
    assert (recipe["length"], recipe["steps"]) == (4, 2)


@pytest.mark.parametrize(
    "words",
    [
        ["generate", "rain", "-o", "a.mp4"],
        ["animate", "a.png", "-o", "a.mp4"],
        ["extend", "a.mp4", "-o", "b.mp4"],
        ["bridge", "a.mp4", "b.mp4", "-o", "c.mp4"],
        ["restyle", "a.mp4", "-o", "b.mp4"],
        ["loop", "a.mp4", "-o", "b.mp4"],
        ["upscale", "a.mp4", "-o", "b.mp4"],
        ["recipe", "a.mp4"],
        ["export", "film", "-o", "a.mp4"],
        ["engines"],
        ["doctor"],
        ["train", "world"],
        ["train", "vae", "--run", "run"],
        ["eval"],
        ["bench", "ui"],
    ],
    ids=" ".join,
)
def test_every_verb_leads_to_its_function(words: list[str]) -> None:
    module, function = make_parser(words).parse_args(words).action.split(":")
    assert callable(getattr(import_module(f"sora_studio.cli.{module}"), function))
