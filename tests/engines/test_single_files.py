"""Transformers in single files run with the other parts of a folder, and make what the folder itself makes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sora_studio.core.engine import Control, Finished, Window, never
from sora_studio.core.errors import BadInput, EngineError
from sora_studio.core.request import Lora
from sora_studio.core.setup import Setup
from sora_studio.engines.catalog import found, survey
from sora_studio.engines.families.engine import CheckpointEngine
from sora_studio.engines.families.files import find_file
from sora_studio.engines.families.known import find
from sora_studio.settings.file import save_settings
from sora_studio.settings.sections import Models, Settings
from tests.engines.checkpoints import build
from tests.engines.script import asked, still
from tests.engines.test_adapters import parts, saved, wan_name

Get = Callable[[str], Path]
PLAIN = Setup("processor", "fp32")
WEIGHTS = "diffusion_pytorch_model.safetensors"
OUTSIDE = {
    "condition_embedder.text_embedder.linear_1": "text_embedding.0",
    "condition_embedder.text_embedder.linear_2": "text_embedding.2",
    "condition_embedder.time_embedder.linear_1": "time_embedding.0",
    "condition_embedder.time_embedder.linear_2": "time_embedding.2",
    "condition_embedder.time_proj": "time_projection.1",
    "proj_out": "head.head",
}
"""What the authors of Wan call layers outside of its blocks."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    folder = tmp_path / "home" / "data" / "models"
    folder.mkdir(parents=True)
    return folder


def authors(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Wan's tensors by the names of its authors, as ComfyUI and GGUF files have them."""
    named = {}
    for key, tensor in state.items():
        name = key.replace("norm2", "norm3") if ".norm2." in key else key
        name = name.replace("scale_shift_table", "modulation") if key.startswith("blocks.") else name
        name = "head.modulation" if key == "scale_shift_table" else name
        module, _, end = name.rpartition(".")
        named[f"{OUTSIDE.get(module, wan_name(module))}.{end}".lstrip(".")] = tensor
    return named


def frames(engine: CheckpointEngine, setup: Setup = PLAIN, *loras: Lora, first: bool = False) -> np.ndarray:
    request = replace(asked((still(0),) if first else ()), steps=2, loras=loras)
    *_, last = engine.run(Window(request, 0, 1), Control(never, 0.0, setup=setup))
    assert isinstance(last, Finished)
    return last.frames.astype(int)


def written(path: Path, state: dict[str, torch.Tensor], quantised: bool = True) -> Path:
    """A GGUF file: matrices of whole blocks of 32 in 8 bits, all else as it is."""
    writer = gguf.GGUFWriter(str(path), "wan")
    for name, tensor in state.items():
        values = tensor.float().numpy()
        if quantised and values.ndim == 2 and values.shape[1] % 32 == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def single(folder: Path, path: Path, prefix: str = "") -> Path:
    """The transformer of a folder as one file by the names of its authors."""
    state = authors(load_file(folder / "transformer" / WEIGHTS))
    save_file({f"{prefix}{key}": tensor.contiguous() for key, tensor in state.items()}, path)
    return path


@pytest.mark.parametrize("prefix", [pytest.param("", marks=pytest.mark.slow), "model.diffusion_model."])
def test_a_safetensors_file_makes_what_its_folder_makes(prefix: str, checkpoint: Get, tmp_path: Path) -> None:
    folder = checkpoint("wan-text")
    file = single(folder, tmp_path / "wan.safetensors", prefix)
    one = find_file(file, "file", [folder])
    assert one.capabilities.title == "wan"
    assert "Wan 2.1 text to video" in one.capabilities.description
    assert f"those of “{folder.name}”" in one.capabilities.description
    mine, theirs = CheckpointEngine(one), CheckpointEngine(find(folder, "folder"))
    for precision in ("fp32", "bf16"):  # parts that must be exact stay so
        setup = replace(PLAIN, precision=precision)
        assert np.array_equal(frames(mine, setup), frames(theirs, setup)), precision
    assert mine.weights != theirs.weights
    held = asked((still(0), still(8)))
    *_, last = mine.run(Window(held, 0, 1), Control(never, 0.0, setup=PLAIN))
    assert isinstance(last, Finished)


def test_a_larger_network_runs_with_the_parts_of_a_smaller_one(checkpoint: Get, tmp_path: Path) -> None:
    large = build("wan-text", tmp_path / "large", num_layers=3, num_attention_heads=3, ffn_dim=64)
    file = single(large, tmp_path / "large.safetensors")
    shutil.rmtree(large / "transformer")
    engine = CheckpointEngine(find_file(file, "file", [tmp_path / "nothing", checkpoint("wan-text")]))
    made = frames(engine)
    assert engine._model is not None
    assert len(engine._model.loaded.parts.transformer.blocks) == 3
    assert made.std() > 1


def test_a_gguf_file_runs_moved_about_and_with_a_lora(checkpoint: Get, tmp_path: Path) -> None:
    wide = {"num_attention_heads": 2, "attention_head_dim": 32, "ffn_dim": 64}
    folder = build("wan-text", tmp_path / "wide", **wide)
    state = authors(load_file(folder / "transformer" / WEIGHTS))
    exact = CheckpointEngine(find_file(written(tmp_path / "wan-F32.gguf", state, False), "exact", [folder]))
    theirs = CheckpointEngine(find(folder, "folder"))
    whole = frames(theirs)
    assert np.abs(frames(exact) - whole).max() <= 1
    small = find_file(written(tmp_path / "wan-Q8_0.gguf", state), "small", [folder])
    (part,) = (part for part in small.networks().parts if part.name == "transformer")
    assert 1.0 < part.fixed < 3.0, "bytes of a number, as the file has them"
    engine = CheckpointEngine(small)
    made = frames(engine)
    assert 0 < np.abs(made - whole).mean() < 5, "a little coarser"
    for offload in ("model", "leaf"):
        assert np.array_equal(frames(engine, Setup("card", "fp32", offload=offload)), made), offload
    lora = Lora(str(saved(tmp_path / "ink.safetensors", parts(theirs, 1))))
    assert np.abs(frames(engine, PLAIN, lora) - frames(theirs, PLAIN, lora)).mean() < 8
    assert np.abs(frames(engine, PLAIN, lora) - made).mean() > 1
    assert np.array_equal(frames(engine), made)


def test_experts_come_in_pairs(checkpoint: Get, tmp_path: Path) -> None:
    folder, plain = checkpoint("wan-image-2.2"), checkpoint("wan-text")
    high = tmp_path / "HighNoise" / "Wan2.2-I2V-HighNoise.safetensors"
    low = tmp_path / "LowNoise" / "Wan2.2-I2V-LowNoise.safetensors"
    for path, part in ((high, "transformer"), (low, "transformer_2")):
        path.parent.mkdir()
        save_file(authors(load_file(folder / part / WEIGHTS)), path)
        if path is high:
            with pytest.raises(BadInput, match="one of two experts, and the one for low noise is missing"):
                find_file(path, "file", [plain])
    one = find_file(high, "file", [plain])
    assert "Wan 2.2 image to video" in one.capabilities.description
    assert one.checkpoint.files == {"transformer": high, "transformer_2": low}
    assert frames(CheckpointEngine(one), first=True).std() > 1, "with the parts of a folder for words"
    mine, theirs = find_file(high, "file", [folder]), find(folder, "folder")
    assert np.array_equal(frames(CheckpointEngine(mine), first=True), frames(CheckpointEngine(theirs), first=True))
    assert mine.checkpoint.index["boundary_ratio"] == theirs.checkpoint.index["boundary_ratio"]


@pytest.mark.parametrize("name", ["ltx", pytest.param("ltx2", marks=pytest.mark.slow), "hunyuan-text", "wan-vace"])
def test_other_families_run_from_files_by_diffusers_names(name: str, checkpoint: Get, tmp_path: Path) -> None:
    folder = checkpoint(name)
    file = tmp_path / "one.safetensors"
    shutil.copy(folder / "transformer" / WEIGHTS, file)
    mine, theirs = CheckpointEngine(find_file(file, "file", [folder])), CheckpointEngine(find(folder, "folder"))
    assert np.array_equal(frames(mine), frames(theirs))


def test_files_are_found_where_they_lie_and_what_is_missing_is_said(
    checkpoint: Get, home: Path, tmp_path: Path
) -> None:
    comfy = tmp_path / "ComfyUI" / "models"
    for kind in ("checkpoints", "loras", "diffusion_models", "vae"):
        (comfy / kind).mkdir(parents=True)
    single(checkpoint("wan-text"), comfy / "diffusion_models" / "wan-14B.safetensors")
    shutil.copy(checkpoint("wan-text") / "vae" / WEIGHTS, comfy / "vae" / "wan_vae.safetensors")
    (comfy / "diffusion_models" / "cut.safetensors").write_bytes(b"\0" * 20)
    save_settings(Settings(models=Models("default", (str(comfy.parent),))))
    runs, unfit = survey()
    assert [caps.engine for caps in runs] == ["sora"]
    (said,) = unfit
    assert said.name == "models/diffusion_models/wan-14B.safetensors"
    assert "with the other parts for it (text encoder, VAE) is missing" in said.reason
    shutil.copytree(checkpoint("wan-text"), home / "Wan2.1-1.3B")
    runs, unfit = survey()
    assert [caps.engine for caps in runs] == ["sora", "Wan2.1-1.3B", said.name]
    assert unfit == ()
    assert found(said.name).checkpoint.folder == home / "Wan2.1-1.3B"
    assert found(str(comfy / "diffusion_models" / "wan-14B.safetensors")).checkpoint.files


def test_a_folder_needs_no_transformer_of_its_own(checkpoint: Get, tmp_path: Path) -> None:
    folder = shutil.copytree(checkpoint("wan-text"), tmp_path / "parts")
    file = single(folder, tmp_path / "wan.safetensors")
    (folder / "transformer" / WEIGHTS).unlink()
    assert np.array_equal(
        frames(CheckpointEngine(find_file(file, "file", [folder]))),
        frames(CheckpointEngine(find(checkpoint("wan-text"), "folder"))),
    )


def test_what_does_not_fit_is_refused_in_words(checkpoint: Get, tmp_path: Path) -> None:
    folder = checkpoint("wan-text")
    whole = load_file(folder / "transformer" / WEIGHTS)
    lora = saved(tmp_path / "lora.safetensors", {"blocks.0.attn1.to_q.lora_A.weight": torch.zeros(2, 4)})
    with pytest.raises(BadInput, match="holds no transformer that runs from a single file"):
        find_file(lora, "file", [folder])
    scaled = tmp_path / "scaled.safetensors"
    save_file({**authors(whole), "blocks.0.self_attn.q.scale_weight": torch.ones(1)}, scaled)
    with pytest.raises(BadInput, match="scales of their own"):
        find_file(scaled, "file", [folder])
    for donor in ("ltx", "wan-both-2.2"):  # another family; another VAE
        with pytest.raises(BadInput, match="is the transformer of a model of Wan alone"):
            find_file(single(folder, tmp_path / "wan.safetensors"), "file", [checkpoint(donor)])
    half = tmp_path / "half.safetensors"
    save_file({key: tensor for key, tensor in whole.items() if "attn2.to_k" not in key}, half)
    with pytest.raises(EngineError, match="“half” could not be loaded"):
        CheckpointEngine(find_file(half, "file", [folder])).load(PLAIN)
