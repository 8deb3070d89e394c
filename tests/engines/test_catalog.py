"""What engines say of themselves without being loaded."""

from pathlib import Path

import pytest

from sora_studio.core.errors import BadInput, StudioError
from sora_studio.engines import load_engine
from sora_studio.engines.catalog import MODEL_VARIABLE, capabilities, catalog, model_folder


def test_engines_are_admissible_to_themselves() -> None:
    for caps in catalog():
        assert capabilities(caps.engine) == caps
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
