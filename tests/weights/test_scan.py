"""What lies on the drive: models and single files are told apart by their tables and used where they lie."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from pathlib import Path

import pytest
import torch
from diffusers import (
    AutoencoderKLCogVideoX,
    AutoencoderKLHunyuanVideo,
    AutoencoderKLLTXVideo,
    AutoencoderKLWan,
    CogVideoXTransformer3DModel,
    HunyuanVideo15Transformer3DModel,
    HunyuanVideoFramepackTransformer3DModel,
    HunyuanVideoTransformer3DModel,
    LTX2VideoTransformer3DModel,
    LTXVideoTransformer3DModel,
    MochiTransformer3DModel,
    WanTransformer3DModel,
    WanVACETransformer3DModel,
)

from sora_studio.core.weights_file import OnDisk
from sora_studio.weights import places
from sora_studio.weights.headers import Header, Tensor
from sora_studio.weights.recognise import recognise
from sora_studio.weights.scan import look, pipeline, scan, scan_hub
from tests.weights.tables import WAN, gguf, safetensors, table_of, with_table

SHORT = {"num_layers": 1, "num_single_layers": 1}
REAL = [
    (WanTransformer3DModel, {"num_layers": 2}, "transformer", "Wan"),
    (WanVACETransformer3DModel, {"num_layers": 2, "vace_layers": [0, 1]}, "transformer", "Wan VACE"),
    (LTXVideoTransformer3DModel, {"num_layers": 1}, "transformer", "LTX-Video"),
    (LTX2VideoTransformer3DModel, {"num_layers": 1}, "transformer", "LTX-2"),
    (HunyuanVideoTransformer3DModel, SHORT, "transformer", "HunyuanVideo"),
    (HunyuanVideoFramepackTransformer3DModel, SHORT | {"has_clean_x_embedder": True}, "transformer", "FramePack"),
    (HunyuanVideo15Transformer3DModel, {"num_layers": 1}, "transformer", "HunyuanVideo 1.5"),
    (CogVideoXTransformer3DModel, {"num_layers": 1}, "transformer", "CogVideoX"),
    (MochiTransformer3DModel, {"num_layers": 1}, "transformer", "Mochi"),
    (AutoencoderKLWan, {}, "vae", "Wan"),
    (AutoencoderKLLTXVideo, {}, "vae", "LTX-Video"),
    (AutoencoderKLHunyuanVideo, {}, "vae", "HunyuanVideo"),
    (AutoencoderKLCogVideoX, {}, "vae", "CogVideoX"),
]


@pytest.mark.parametrize(("kind", "options", "role", "family"), REAL, ids=lambda value: getattr(value, "__name__", ""))
def test_the_networks_of_diffusers_are_recognised(
    kind: type, options: dict[str, object], role: str, family: str
) -> None:
    with torch.device("meta"):
        network = kind(**options)
    tensors = {name: Tensor("BF16", tuple(value.shape)) for name, value in network.state_dict().items()}
    found = recognise(Header("safetensors", tensors))
    assert (found.role, found.family) == (role, family)


VACE = (*WAN, "vace_blocks.0.before_proj.weight")
LORA = ("blocks.0.self_attn.q.lora_A.weight", "blocks.0.self_attn.q.lora_B.weight")
KOHYA = ("lora_unet_blocks_0_self_attn_q.lora_down.weight", "lora_unet_blocks_0_self_attn_q.lora_up.weight")
UMT5 = ("encoder.block.0.layer.0.SelfAttention.q.weight",
        "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight")  # fmt: skip
FILES = [
    (WAN, "", "transformer", "Wan"),
    (WAN, "model.diffusion_model.", "transformer", "Wan"),
    (VACE, "diffusion_model.", "transformer", "Wan VACE"),
    (("model.diffusion_model.patchify_proj.weight", "model.diffusion_model.transformer_blocks.0.attn1.to_q.weight",
      "vae.decoder.last_scale_shift_table"), "", "checkpoint", "LTX-Video"),
    (("decoder.middle.0.residual.0.gamma", "encoder.conv1.weight"), "", "vae", "Wan"),
    (LORA, "diffusion_model.", "lora", "Wan"),
    (KOHYA, "", "lora", "Wan"),
    (UMT5, "", "text", "UMT5"),
    (UMT5[:1], "", "text", "T5"),
    (("double_blocks.0.img_attn.norm.key_norm.scale",), "", "transformer", "Flux"),
    (("something.else",), "", "unknown", ""),
]  # fmt: skip


@pytest.mark.parametrize(("names", "prefix", "role", "family"), FILES, ids=lambda value: str(value)[:20])
def test_files_of_other_programs_are_recognised(
    tmp_path: Path, names: tuple[str, ...], prefix: str, role: str, family: str
) -> None:
    found = look(safetensors(tmp_path / "w.safetensors", names, prefix), "folder")
    assert (found.role, found.family) == (role, family)
    assert found.numbers == "F16"


def test_a_gguf_says_its_numbers(tmp_path: Path) -> None:
    found = look(gguf(tmp_path / "wan-Q8_0.gguf"), "folder")
    assert found.what == "Wan, transformer, Q8_0"
    assert look(gguf(tmp_path / "v.gguf", VACE), "folder").family == "Wan VACE"


class Bomb:
    """What a malicious pickle looks like: opening it runs a program."""

    def __init__(self, sign: Path) -> None:
        self.sign = sign

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.sign),)


@pytest.mark.parametrize("ending", [".ckpt", ".pt", ".pth", ".bin", ".pkl"])
def test_a_pickle_is_refused_with_the_reason_and_never_opened(tmp_path: Path, ending: str) -> None:
    sign = tmp_path / "it-ran"
    (tmp_path / f"model{ending}").write_bytes(pickle.dumps(Bomb(sign)))
    (found,) = scan(tmp_path, "folder")
    assert "it can run any program when it is opened" in found.reason
    assert not sign.exists()


@pytest.mark.parametrize("ending", [".safetensors", ".gguf"])
def test_a_pickle_under_another_name_is_refused(tmp_path: Path, ending: str) -> None:
    sign = tmp_path / "it-ran"
    (tmp_path / f"model{ending}").write_bytes(pickle.dumps(Bomb(sign)))
    (found,) = scan(tmp_path, "folder")
    assert "damaged or cut off" in found.reason
    assert not sign.exists()


REASONS = [
    (("double_blocks.0.img_attn.norm.key_norm.scale",), "for single pictures"),
    ((*WAN, "blocks.0.self_attn.q.scale_weight"), "scales of their own"),
    (WAN, ""),
    (("blocks.0.attn.qkv_x.weight",), "recognised, but not run"),
    (("something.else",), "could not be told"),
    (LORA, ""),
]


@pytest.mark.parametrize(("names", "reason"), REASONS, ids=lambda value: str(value)[:20])
def test_what_cannot_be_used_says_why(tmp_path: Path, names: tuple[str, ...], reason: str) -> None:
    found = look(safetensors(tmp_path / "w.safetensors", names), "folder")
    assert bool(found.reason) == bool(reason)
    assert reason in found.reason


# folders in the layout of diffusers


def model(folder: Path, index: str | None = None) -> Path:
    safetensors(folder / "transformer" / "diffusion_pytorch_model.safetensors")
    (folder / "model_index.json").write_text(index or json.dumps({"_class_name": "WanPipeline"}))
    return folder


def test_a_folder_of_models_is_told_from_single_files(tmp_path: Path) -> None:
    model(tmp_path / "Wan-AI" / "one")
    model(tmp_path / "two")
    safetensors(tmp_path / "loras" / "style.safetensors", LORA)
    found = {one.name: one for one in scan(tmp_path, "library")}
    assert {name: one.role for name, one in found.items()} == {
        "Wan-AI/one": "pipeline",
        "two": "pipeline",
        "style.safetensors": "lora",
    }
    assert found["two"].family == "Wan"
    assert found["two"].size > 0
    assert not any(one.reason for one in found.values())


@pytest.mark.parametrize(
    "names",
    [
        ["../../outside.safetensors"],
        ["/etc/passwd"],
        ["a/b.safetensors"],
        ["x.bin"],
        [3],
        ["..\\x.safetensors"],
        [None],
    ],
)
def test_an_index_that_points_outside_is_refused(tmp_path: Path, names: list[object]) -> None:
    folder = model(tmp_path / "m")
    table = {"weight_map": {f"t{place}": name for place, name in enumerate(names)}}
    (folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(table))
    assert "points outside its own folder" in pipeline(folder, "m", "library").reason


def test_a_shard_that_is_missing_or_lies_is_refused(tmp_path: Path) -> None:
    folder = model(tmp_path / "m")
    index = folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "gone.safetensors"}}))
    assert "“transformer/gone.safetensors” is missing" in pipeline(folder, "m", "library").reason
    index.unlink()
    file = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    table, rest = table_of(file)
    with_table(file, table, rest + b"more")
    assert "damaged or cut off" in pipeline(folder, "m", "library").reason


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"_class_name": 3}', '{"_class_name": "../x"}', "[" * 9999, "\ud800"]
)
def test_an_index_that_makes_no_sense_is_refused(tmp_path: Path, text: str) -> None:
    folder = model(tmp_path / "m")
    (folder / "model_index.json").write_text(text, errors="surrogatepass")
    assert pipeline(folder, "m", "library").reason


# the hub's cache


def cached(cache: Path, repo: str, commit: str) -> Path:
    place = cache / f"models--{repo.replace('/', '--')}"
    blobs, version = place / "blobs", place / "snapshots" / commit
    for file in model(cache / "made").rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            blob = blobs / hashlib.sha256(data).hexdigest()
            blobs.mkdir(parents=True, exist_ok=True)
            blob.write_bytes(data)
            target = version / file.relative_to(cache / "made")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(os.path.relpath(blob, target.parent))
    (place / "refs").mkdir(exist_ok=True)
    (place / "refs" / "main").write_text(commit)
    return version


def test_the_hub_s_cache_is_used_in_place(tmp_path: Path) -> None:
    version = cached(tmp_path, "Wan-AI/Wan2.1", "a" * 40)
    (found,) = scan_hub(tmp_path)
    assert (found.path, found.name, found.origin, found.family) == (version, "Wan-AI/Wan2.1", "hub", "Wan")
    assert not found.reason


@pytest.mark.parametrize("ref", ["../../..", "/etc", "", "b" * 40])
def test_a_cache_that_points_elsewhere_is_not_followed(tmp_path: Path, ref: str) -> None:
    version = cached(tmp_path, "Wan-AI/Wan2.1", "a" * 40)
    (tmp_path / "models--Wan-AI--Wan2.1" / "refs" / "main").write_text(ref)
    assert [one.path for one in scan_hub(tmp_path)] == [version]


def test_the_cache_is_where_the_hub_s_programs_look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    assert places.hub_cache() == Path("~/.cache/huggingface/hub").expanduser()
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert places.hub_cache() == tmp_path / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "x"))
    assert places.hub_cache() == tmp_path / "x"


# ComfyUI


def comfy(folder: Path) -> Path:
    models = folder / "models"
    safetensors(models / "diffusion_models" / "wan2.1_t2v_1.3B_fp16.safetensors")
    gguf(models / "unet" / "wan-Q8_0.gguf")
    safetensors(
        models / "vae" / "wan_2.1_vae.safetensors", ("decoder.middle.0.residual.0.gamma", "encoder.conv1.weight")
    )
    safetensors(models / "text_encoders" / "umt5_xxl_fp16.safetensors", UMT5)
    safetensors(models / "loras" / "style" / "ink.safetensors", LORA)
    (models / "checkpoints").mkdir()
    (models / "checkpoints" / "put_checkpoints_here").touch()
    (models / "checkpoints" / "v1-5.ckpt").write_bytes(b"\x80\x02")
    safetensors(models / "controlnet" / "canny.safetensors", ("x",))
    return folder


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(file): (file.lstat().st_size, file.lstat().st_mtime_ns) for file in folder.rglob("*")}


def roles(found: list[OnDisk]) -> dict[str, str]:
    return {one.name: one.role for one in found}


def test_a_comfyui_tree_is_used_in_place(tmp_path: Path) -> None:
    tree = comfy(tmp_path / "ComfyUI")
    before = snapshot(tree)
    found = list(scan(tree, "folder"))
    assert roles(found) == {
        "wan2.1_t2v_1.3B_fp16.safetensors": "transformer",
        "wan-Q8_0.gguf": "transformer",
        "wan_2.1_vae.safetensors": "vae",
        "umt5_xxl_fp16.safetensors": "text",
        "ink.safetensors": "lora",
        "v1-5.ckpt": "unknown",
    }
    assert all(one.origin == "comfy" for one in found)
    assert snapshot(tree) == before, "nothing is written there"
    assert roles(list(scan(tree / "models", "folder"))) == roles(found)


def test_the_further_paths_of_a_comfyui_are_followed(tmp_path: Path) -> None:
    tree = comfy(tmp_path / "ComfyUI")
    safetensors(tmp_path / "big" / "unets" / "far.safetensors")
    safetensors(tmp_path / "big" / "l1" / "one.safetensors", LORA)
    safetensors(tmp_path / "big" / "l2" / "two.safetensors", LORA)
    (tree / "extra_model_paths.yaml").write_text(
        f"other:\n  base_path: {tmp_path / 'big'}\n  is_default: true\n  diffusion_models: unets\n"
        "  loras: |\n    l1\n    l2\n    gone\n  custom_nodes: nodes\nodd: 3\n"
    )
    found = roles(list(scan(tree, "folder")))
    assert {"far.safetensors", "one.safetensors", "two.safetensors", "ink.safetensors"} <= found.keys()


@pytest.mark.parametrize(
    "text", ["a: [", "!!python/object/apply:os.mkdir [it-ran]", "- 1", "x: {loras: 3}", "\0", "a: &a [*a]"]
)
def test_a_file_of_paths_that_makes_no_sense_leaves_the_rest(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tree = comfy(tmp_path / "ComfyUI")
    (tree / "extra_model_paths.yaml").write_text(text)
    assert "ink.safetensors" in roles(list(scan(tree, "folder")))
    assert not (tmp_path / "it-ran").exists()


def test_links_are_followed_and_rings_are_not(tmp_path: Path) -> None:
    tree = comfy(tmp_path / "ComfyUI")
    safetensors(tmp_path / "elsewhere" / "linked.safetensors", LORA)
    (tree / "models" / "loras" / "more").symlink_to(tmp_path / "elsewhere")
    (tree / "models" / "loras" / "ring").symlink_to(tree / "models" / "loras")
    found = [one.name for one in scan(tree, "folder")]
    assert found.count("linked.safetensors") == found.count("ink.safetensors") == 1


def test_a_scan_can_be_stopped(tmp_path: Path) -> None:
    for number in range(5):
        safetensors(tmp_path / f"{number}.safetensors", LORA)
    seen: list[OnDisk] = []
    for one in scan(tmp_path, "folder", lambda: len(seen) > 1):
        seen.append(one)
    assert len(seen) == 2
