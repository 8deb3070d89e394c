"""Projects from strangers are data: opening, saving elsewhere and leaving them touches nothing outside their folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sora_studio.core.errors import ProjectError
from sora_studio.core.project import Project, to_data
from sora_studio.core.recipe import to_recipe
from sora_studio.core.request import Request
from sora_studio.session import store
from tests.session.conftest import Studio


def hostile(folder: Path, **changes: object) -> Path:
    """A project with one finished clip, of which something is said that it should not."""
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "m1.mp4").write_bytes(b"film")
    item = {
        "id": "m1",
        "name": "balloon",
        "state": {"kind": "ready", "path": "media/m1.mp4"},
        "frames": 17,
        "rate": [8, 1],
        "size": [192, 112],
        "made_from": to_recipe(Request("a balloon")),
    }
    other = {**item, "id": "m1-", "made_from": {**to_recipe(Request("a boat")), "seed": 7}}
    data = {**to_data(Project("Film")), "media": [{**item, **changes}, other]}
    (folder / store.FILE).write_text(json.dumps(data), encoding="utf-8")
    return folder


@pytest.fixture
def treasure(tmp_path: Path) -> Path:
    """A folder beside the project's."""
    folder = tmp_path / "treasure"
    folder.mkdir()
    (folder / "thesis.txt").write_text("ten years")
    return folder


@pytest.mark.parametrize("seed", ["-7/../../../treasure", [1], None])
def test_leaving_a_project_removes_nothing_outside_its_folder(
    seed: object, studio: Studio, tmp_path: Path, treasure: Path
) -> None:
    folder = hostile(tmp_path / "theirs", made_from={**to_recipe(Request("a balloon")), "seed": seed})
    (folder / "kept" / "m1--7").mkdir(parents=True)  # the other clip's, so that the way out of it is there
    studio.session.open(folder)
    studio.session.forget_kept()
    studio.session.new()
    assert (treasure / "thesis.txt").read_text() == "ten years"


@pytest.mark.parametrize("name", ["../../treasure", "..", "", "a/b", "a\\b", "C:", 3, None, "x" * 65, "a\0b"])
def test_media_with_identities_that_lead_elsewhere_are_refused(name: object, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="damaged"):
        store.load(hostile(tmp_path / "theirs", id=name))


def test_media_that_lie_elsewhere_are_not_copied_to_elsewhere(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "outside.mp4").write_bytes(b"mine")
    folder = hostile(tmp_path / "theirs", state={"kind": "ready", "path": "media/../../outside.mp4"})
    (tmp_path / "copies" / "deep").mkdir(parents=True)
    studio.session.open(folder)
    studio.session.save_as(tmp_path / "copies" / "deep" / "film")
    assert not (tmp_path / "copies" / "deep" / "outside.mp4").exists()


def test_names_of_files_that_are_no_text_are_saved_and_come_back(tmp_path: Path) -> None:
    strange = "media/caf\udce9.mp4"  # as Linux hands on a name in another encoding
    folder = hostile(tmp_path / "ours", state={"kind": "ready", "path": strange}, name="half \ud83d")
    project = store.load(folder)
    store.save(project, folder)
    assert store.load(folder) == project
