"""`sora-studio models`: list, get, verify and remove, against a hub on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sora_studio.cli import BAD_INPUT, DONE, FAILED, main
from sora_studio.settings.file import save_settings
from sora_studio.settings.sections import Models, Settings
from tests.fakes.hub import FakeHub
from tests.weights.conftest import BIG, GATED, REPO, hub, memory
from tests.weights.test_scan import comfy

__all__ = ["hub", "memory"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path))
    return tmp_path / "data" / "models"


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_catalogue_and_what_is_here_are_listed(
    tmp_path: Path, hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    save_settings(Settings(models=Models("default", (str(comfy(tmp_path / "ComfyUI")),))))
    assert main(["models"]) == DONE
    out = capsys.readouterr().out
    assert f"{REPO}: Wan 2.1 text to video, small, not here" in out
    assert "Apache 2.0, commercial use allowed" in out
    assert "v1-5.ckpt: A pickle" in out
    assert "wan-Q8_0.gguf: Wan, transformer" in out
    assert main(["models", "list", "--json"]) == DONE
    (data,) = told(capsys)
    assert isinstance(data["catalogue"], list)
    assert data["catalogue"][0]["repo"] == REPO
    assert hub.asked == []


def test_get_verify_and_remove(home: Path, hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    name = REPO.split("/")[1].lower()
    assert main(["models", "get", name, "--json"]) == DONE
    events = told(capsys)
    assert events[0]["event"] == "progress"
    assert events[-1]["folder"] == str(home / REPO)
    assert main(["models", "verify", name]) == DONE
    file = home / REPO / BIG
    file.write_bytes(b"x" + file.read_bytes()[1:])
    assert main(["models", "verify", name, "--json"]) == FAILED
    assert told(capsys)[-1]["bad"] == [BIG]
    before = hub.served()
    assert main(["models", "get", name]) == DONE
    assert hub.served() - before == len(hub.repos[REPO][BIG])
    assert main(["models", "remove", name]) == DONE
    assert "2 MB are free again" in capsys.readouterr().err
    assert not (home / "Wan-AI").exists()


def test_it_goes_into_a_folder_that_is_named(tmp_path: Path, hub: FakeHub) -> None:
    assert main(["models", "get", REPO, "--into", str(tmp_path / "drive")]) == DONE
    assert (tmp_path / "drive" / REPO / "model_index.json").is_file()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["get"], BAD_INPUT, "Name a model"),
        (["get", "nothing"], BAD_INPUT, "no model called “nothing”"),
        (["remove", REPO], BAD_INPUT, "Nothing of"),
        (["verify", REPO], BAD_INPUT, "Nothing of"),
        (["cook"], BAD_INPUT, "invalid choice"),
        (["get", GATED], FAILED, "Ask for access at"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    hub: FakeHub, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    assert main(["models", *words]) == code
    assert said in capsys.readouterr().err
