"""A folder is checked before anything in it is loaded, and what is wrong is said in words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sora_studio.core.errors import BadInput, EngineError
from sora_studio.engines import load_engine
from sora_studio.engines.families.checkpoint import read_checkpoint
from sora_studio.engines.families.known import find
from sora_studio.weights.layout import INDEX


@pytest.fixture
def folder(checkpoint: Callable[[str], Path], tmp_path: Path) -> Path:
    """A checkpoint of one's own to spoil."""
    return shutil.copytree(checkpoint("wan-text"), tmp_path / "A model")


def change(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def refusal(folder: Path) -> str:
    with pytest.raises(BadInput) as told:
        find(folder, "a")
    return str(told.value)


def test_a_whole_folder_is_read(folder: Path) -> None:
    known = read_checkpoint(folder)
    assert known.pipeline == "WanPipeline"
    assert known.config("transformer")["in_channels"] == 16
    assert known.has("vae")
    assert not known.has("transformer_2"), "the index says it is not there"
    assert known.variant is None
    assert 0 < known.weight_bytes < known.disk_bytes


def test_folders_that_are_no_model_are_told_what_is_missing(tmp_path: Path) -> None:
    assert "is no folder" in refusal(tmp_path / "nowhere")
    assert "no “model_index.json”" in refusal(tmp_path)
    (tmp_path / "wan.safetensors").touch()
    assert "single files" in refusal(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "\xff"])
def test_a_spoiled_index_is_said(folder: Path, text: str) -> None:
    (folder / INDEX).write_text(text, encoding="latin-1")
    assert "cannot be read" in refusal(folder)


def test_a_model_that_does_not_run_here_is_named_with_those_that_do(folder: Path) -> None:
    change(folder / INDEX, _class_name="StableDiffusionPipeline")
    assert "StableDiffusionPipeline" in refusal(folder)
    assert "Wan 2.1 text to video" in refusal(folder)
    change(folder / INDEX, _class_name=["pipeline", "Mine"])
    assert "does not name a pipeline" in refusal(folder)


def test_pickles_are_never_loaded(folder: Path) -> None:
    (weights,) = (folder / "transformer").glob("*.safetensors")
    weights.rename(weights.with_name("diffusion_pytorch_model.bin"))
    assert "pickles" in refusal(folder)
    assert "transformer" in refusal(folder)


def test_missing_weights_are_said(folder: Path) -> None:
    shutil.rmtree(folder / "text_encoder")
    assert "The weights of “text_encoder”" in refusal(folder)


@pytest.mark.parametrize("library", ["os", "my_own_code", "sora_studio"])
def test_code_of_its_own_is_not_run(folder: Path, library: str) -> None:
    change(folder / INDEX, vae=[library, "AutoencoderKLWan"])
    assert "code of its own for “vae”" in refusal(folder)


def test_a_part_may_not_lie_elsewhere(folder: Path) -> None:
    change(folder / INDEX, **{"../vae": ["diffusers", "AutoencoderKLWan"]})
    assert "outside its own folder" in refusal(folder)


@pytest.mark.parametrize("name", ["../../secret.safetensors", "/etc/passwd", 3, "weights.bin"])
def test_shards_may_not_lie_elsewhere(folder: Path, name: object) -> None:
    index = folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": name}}))
    assert "outside its own folder" in refusal(folder)


def test_a_missing_shard_is_named(folder: Path) -> None:
    index = folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "diffusion_pytorch_model-00002-of-00002.safetensors"}}))
    assert "“transformer/diffusion_pytorch_model-00002-of-00002.safetensors” is missing" in refusal(folder)


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("diffusion_pytorch_model.fp16.safetensors", "fp16"),
        ("diffusion_pytorch_model.fp16-00001-of-00001.safetensors", "fp16"),
        ("diffusion_pytorch_model-00001-of-00001.bf16.safetensors", "bf16"),
        ("diffusion_pytorch_model-00001-of-00001.safetensors", None),
    ],
)
def test_a_variant_is_loaded_where_there_is_nothing_else(folder: Path, name: str, variant: str | None) -> None:
    (weights,) = (folder / "transformer").glob("*.safetensors")
    weights.rename(weights.with_name(name))
    known = read_checkpoint(folder)
    assert known.variant == variant
    assert known.weight_bytes == sum(file.stat().st_size for file in folder.rglob("*.safetensors"))


def test_weights_are_counted_once_where_there_are_two_variants(folder: Path) -> None:
    whole = read_checkpoint(folder).weight_bytes
    (weights,) = (folder / "vae").glob("*.safetensors")
    shutil.copy(weights, weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    known = read_checkpoint(folder)
    assert known.variant is None
    assert known.weight_bytes == whole


@pytest.mark.parametrize("variant", ["", ".fp16"])
def test_variants_are_loaded(folder: Path, variant: str) -> None:
    for part in ("transformer", "vae", "text_encoder"):
        (weights,) = (folder / part).glob("*.safetensors")
        weights.rename(weights.with_name(weights.stem + variant + ".safetensors"))
    engine = load_engine(str(folder))
    engine.load()
    engine.unload()


@pytest.mark.parametrize("damage", ["cut", "shapes"])
def test_damaged_weights_are_said(folder: Path, damage: str) -> None:
    if damage == "cut":
        (weights,) = (folder / "transformer").glob("*.safetensors")
        weights.write_bytes(weights.read_bytes()[:1000])
    else:
        change(folder / "transformer" / "config.json", ffn_dim=48)
    with pytest.raises(EngineError, match="“A model” could not be loaded"):
        load_engine(str(folder)).load()
