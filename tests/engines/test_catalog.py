"""What engines say of themselves without being loaded."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.errors import BadInput, StudioError
from sora_studio.engines import load_engine
from sora_studio.engines.catalog import MODEL_VARIABLE, capabilities, catalog, found, model_folder, unfit
from sora_studio.engines.families.known import FAMILIES
from sora_studio.settings.file import load_settings, save_settings
from sora_studio.settings.sections import Models


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of one's own."""
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path))
    return tmp_path


def choose(library: Path) -> None:
    settings = load_settings().settings
    save_settings(replace(settings, models=replace(settings.models, library=str(library))))


def test_engines_are_admissible_to_themselves() -> None:
    assert all(capabilities(caps.engine) == caps for caps in catalog())
    for caps in (*catalog(), *(kind for family in FAMILIES for kind in family.kinds.values())):
        assert caps.snap_frames(caps.window) == caps.window
        assert 0 < caps.overlap < caps.window
        assert all(size.snapped(caps.size_step) == size for size in caps.sizes)
        assert all(size.width * size.height <= caps.max_pixels for size in caps.sizes)


@pytest.mark.parametrize("ask", [capabilities, load_engine])
def test_an_unknown_engine_is_refused_with_the_known_ones(ask) -> None:
    with pytest.raises(BadInput, match="There are: sora"):
        ask("nothing")


def test_the_size_on_disk_is_that_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "weights").write_bytes(bytes(1000))
    (tmp_path / "index").write_bytes(bytes(24))
    monkeypatch.setenv(MODEL_VARIABLE, str(tmp_path))
    assert capabilities("sora").disk_bytes == 1024
    assert model_folder() == tmp_path


def test_a_wrong_model_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MODEL_VARIABLE, str(tmp_path / "nowhere"))
    assert capabilities("sora").disk_bytes == 0
    with pytest.raises(StudioError, match="nowhere"):
        model_folder()


def test_models_in_the_library_are_engines_by_their_folders_name(
    home: Path, checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    library = tmp_path / "my models"
    choose(library)
    assert [caps.engine for caps in catalog()] == ["sora"], "a library that is not there holds nothing"
    shutil.copytree(checkpoint("wan-text"), library / "Wan small")
    shutil.copytree(checkpoint("wan-vace"), library / "Wan-AI" / "VACE")
    (library / ".cache").mkdir()
    (library / "notes.txt").touch()
    assert [caps.engine for caps in catalog()] == ["sora", "Wan small", "Wan-AI/VACE"]
    assert not unfit()
    caps = capabilities("Wan-AI/VACE")
    assert caps.title == "VACE"
    assert caps.description.startswith("Wan 2.1 VACE. ")
    assert caps.disk_bytes > 100_000
    assert load_engine("Wan small").capabilities == capabilities("Wan small")


def test_the_library_is_a_folder_beside_projects_unless_another_is_chosen(
    home: Path, checkpoint: Callable[[str], Path]
) -> None:
    shutil.copytree(checkpoint("wan-text"), home / "data" / "models" / "mine")
    assert [caps.engine for caps in catalog()] == ["sora", "mine"]


def test_what_does_not_run_in_the_library_is_said(home: Path, checkpoint: Callable[[str], Path]) -> None:
    library = home / "data" / "models"
    (library / "empty").mkdir(parents=True)
    model = shutil.copytree(checkpoint("wan-text"), library / "spoiled")
    assert [(one.name, "no model in the layout" in one.reason) for one in unfit()] == [("empty", True)]
    shutil.rmtree(model / "vae")
    assert [one.name for one in unfit()] == ["empty", "spoiled"], "what has changed is read again"
    assert "The weights of “vae” in “spoiled” are missing" in unfit()[1].reason
    with pytest.raises(BadInput, match="are missing"):
        capabilities("spoiled")


def test_a_folder_anywhere_is_an_engine_by_its_path(home: Path, checkpoint: Callable[[str], Path]) -> None:
    folder = checkpoint("wan-text")
    assert capabilities(str(folder)).engine == str(folder.resolve())
    with pytest.raises(BadInput, match="no model in the layout"):
        capabilities(str(home))


def test_models_in_further_folders_and_the_hub_s_cache_run_in_place(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkpoint: Callable[[str], Path]
) -> None:
    made = checkpoint("wan-text")
    more, cache = tmp_path / "drive", tmp_path / "hub"
    shutil.copytree(made, more / "Wan-AI" / "one")
    shutil.copytree(made, cache / "models--Wan-AI--two" / "snapshots" / ("a" * 40))
    (cache / "models--other--pictures" / "snapshots" / ("b" * 40)).mkdir(parents=True)
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    save_settings(replace(load_settings().settings, models=Models("default", (str(more),))))
    assert [caps.engine for caps in catalog()] == ["sora", "Wan-AI/one", "Wan-AI/two"]
    assert unfit() == ()
    assert found("Wan-AI/two").checkpoint.folder == cache / "models--Wan-AI--two" / "snapshots" / ("a" * 40)
