"""Valid files of every kind the studio reads, small ones, to be damaged. Written once for a run, a folder a reader and
a folder a seed; what lies in `given` is there for the reader and stays whole."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from PIL import Image
from safetensors.numpy import save_file

from sora_studio.core.engine import Latents
from sora_studio.core.looks import Look, shipped_looks, to_text
from sora_studio.core.project import to_data
from sora_studio.core.recipe import to_recipe
from sora_studio.core.request import Given, Lora, PromptAt, Request, Source
from sora_studio.core.resources import resource
from sora_studio.core.setup import Setup
from sora_studio.core.time import Rate, Size
from sora_studio.jobs.latents_file import latents_bytes
from sora_studio.media.footage import read_source
from sora_studio.media.geometry import deepened
from sora_studio.media.images import write_png
from sora_studio.media.interchange.formats import write_interchange
from sora_studio.media.waveform import _mark
from sora_studio.session import store
from sora_studio.settings.file import save_settings
from sora_studio.settings.sections import Settings
from sora_studio.weights.manifest import Manifest, Part, write_manifest
from tests.fuzz.readers import MARK
from tests.fuzz.serving import GIVEN
from tests.media.films import film, numbered, sound
from tests.media.test_animation import animation
from tests.media.test_interchange import full
from tests.weights.tables import WAN, gguf, safetensors

VIDEOS: dict[str, dict[str, Any]] = {
    "mp4": {"sound": True},
    "mkv": {"sound": True},
    "mov": {"codec": "prores", "form": "yuv422p10le", "options": {}},
    "avi": {"codec": "mpeg4", "options": {"g": "4"}},
    "webm": {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}},
    "ts": {"codec": "mpeg2video", "options": {"g": "4"}},
}
SOUNDS = ("m4a", "wav", "mp3", "flac", "ogg")
PICTURES = ("png", "jpg", "webp", "gif", "bmp", "tif")
ANIMATIONS = ("gif", "webp", "png")


def write_seeds(folder: Path) -> None:
    """All seeds, a folder a reader."""
    _media(folder)
    _projects(folder)
    _recipes(folder / "recipe")
    _weights(folder)
    _checkpoints(folder / "checkpoint")
    _small_files(folder)


def _place(folder: Path, seed: str) -> Path:
    (folder / seed).mkdir(parents=True, exist_ok=True)
    return folder / seed


def _media(folder: Path) -> None:
    for suffix, settings in VIDEOS.items():
        film(_place(folder / "video", suffix) / f"film.{suffix}", 8, **settings)
    for suffix in SOUNDS:
        sound(_place(folder / "sound", suffix) / f"sound.{suffix}", 0.5, _CODECS.get(suffix, "aac"))
    for suffix in PICTURES:
        picture = Image.fromarray(numbered(5))
        picture.save(_place(folder / "picture", suffix) / f"picture.{suffix}")
    write_png(_place(folder / "picture", "deep") / "picture.png", deepened(numbered(5)))
    for suffix in ANIMATIONS:
        animation(_place(folder / "animation", suffix) / f"animation.{suffix}", [100] * 6)
    (_place(folder / "waveform", "kept") / "kept.peaks").write_bytes(_mark(bytes(range(100))) + bytes(range(100)))


_CODECS = {"wav": "pcm_s16le", "mp3": "mp3", "flac": "flac", "ogg": "libopus"}


def _projects(folder: Path) -> None:
    place = _place(folder / "project", "full")
    footage = place / GIVEN / "footage"
    footage.mkdir(parents=True)
    project = full(footage)
    (place / "project.json").write_text(json.dumps(to_data(project)), encoding="utf-8")
    heights = {"tracks": {track.id: 60 for track in project.timeline.tracks}}
    (place / "view.json").write_text(json.dumps(heights), encoding="utf-8")
    for version in sorted(Path(__file__).parents[1].glob("core/projects/*.json")):
        (_place(folder / "project", f"version {version.stem}") / "project.json").write_bytes(version.read_bytes())
    timeline = _place(folder / "otio", "ours") / "timeline.otio"
    write_interchange(project, lambda media: store.place_of(place, project.media[media]), timeline)


def _recipes(folder: Path) -> None:
    place = _place(folder, "restyle")
    (place / GIVEN).mkdir()
    clip = film(place / GIVEN / "clip.mp4", 8)
    source = Source("given/clip.mp4", 0, 4, Rate(8))
    frames = read_source(Source(str(clip), 0, 4, Rate(8)), Size(64, 48))
    request = Request(
        "a red balloon",
        size=Size(64, 48),
        length=17,
        given=(Given(0, frames, 0.5, source),),
        loras=(Lora("style.safetensors", 0.8),),
        look="watercolour",
        words="a balloon",
        prompts=(PromptAt(5, "at night"),),
    )
    (place / "recipe.json").write_text(json.dumps({**to_recipe(request), "result": "whole"}), encoding="utf-8")
    plain = _place(folder, "words")
    (plain / "recipe.json").write_text(json.dumps({**to_recipe(Request("a boat")), "result": "tail"}), encoding="utf-8")


def _weights(folder: Path) -> None:
    notes = {"ss_tag_frequency": json.dumps({"10_style": {"ink": 9, "paper": 8}}), "trigger_word": "inkwash, paper"}
    notes["lora_adapter_metadata"] = json.dumps({"transformer.lora_alpha": 8, "transformer.use_rslora": True})
    names = [
        f"transformer.blocks.{block}.attn1.to_q.{half}.weight" for block in (0, 1) for half in ("lora_A", "lora_B")
    ]
    safetensors(_place(folder / "lora", "diffusers") / "lora.safetensors", names, **notes)
    safetensors(_place(folder / "lora", "kohya") / "lora.safetensors", ("lora_unet_blocks_0_self_attn_q.lora_down",))
    safetensors(_place(folder / "weights", "wan") / "weights.safetensors", WAN, "model.diffusion_model.")
    gguf(_place(folder / "weights", "gguf") / "weights.gguf")
    latents = Latents(5, np.ones((1, 4, 2, 3, 3), np.float32), {"history": np.arange(6, dtype=np.int64)})
    (_place(folder / "kept", "middle") / "window-0001.safetensors").write_bytes(latents_bytes(latents, MARK))
    shelf = _place(folder / "downloads", "whole") / "author" / "model"
    shelf.mkdir(parents=True)
    (shelf / "weights.safetensors").write_bytes(b"0" * 50)
    parts = (Part("weights.safetensors", 50, "a" * 64), Part("config.json", 20, "b" * 40))
    write_manifest(shelf, Manifest("author/model", "c" * 40, parts))
    catalogue = resource("models", "catalogue.toml").read_bytes()
    (_place(folder / "catalogue", "shipped") / "catalogue.toml").write_bytes(catalogue)
    comfy = _place(folder / "comfy", "paths")
    (comfy / "extra_model_paths.yaml").write_text(
        "a:\n  base_path: given\n  loras: loras\n  vae: |\n    vae\n    other\n"
    )


_MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "wan": ("WanPipeline", {"_class_name": "WanTransformer3DModel", "in_channels": 16, "out_channels": 16}),
    "vace": ("WanVACEPipeline", {"_class_name": "WanVACETransformer3DModel", "vace_layers": [0, 2]}),
    "ltx": ("LTXPipeline", {"_class_name": "LTXVideoTransformer3DModel", "in_channels": 128}),
    "ltx2": ("LTX2Pipeline", {"_class_name": "LTX2VideoTransformer3DModel", "in_channels": 128}),
    "cog": ("CogVideoXPipeline", {"in_channels": 16, "out_channels": 16, "patch_size_t": 2}),
    "hunyuan": ("HunyuanVideoPipeline", {"in_channels": 16, "image_condition_type": "token_replace"}),
    "framepack": ("HunyuanVideoFramepackPipeline", {"in_channels": 16, "has_clean_x_embedder": True}),
    "skyreels": ("SkyReelsV2DiffusionForcingPipeline", {"in_channels": 16}),
}


def _checkpoints(folder: Path) -> None:
    for name, (pipeline, transformer) in _MODELS.items():
        place = _place(folder, name) / "model"
        index = {"_class_name": pipeline, "_diffusers_version": "0.40.0", "vae": ["diffusers", "AutoencoderKLWan"]}
        index |= {"transformer": ["diffusers", "Transformer"], "scheduler": ["diffusers", "UniPCMultistepScheduler"]}
        shards = {f"part.{number}": f"model-0000{number}-of-00002.safetensors" for number in (1, 2)}
        for shard in shards.values():
            tensors = {f"blocks.{block}.weight": np.zeros((4, 4), np.float16) for block in (0, 1)}
            (place / "transformer").mkdir(parents=True, exist_ok=True)
            save_file(tensors, place / "transformer" / shard)
        safetensors(place / "vae" / "diffusion_pytorch_model.safetensors")
        for file, data in {
            "model_index.json": index,
            "transformer/config.json": transformer,
            "transformer/model.safetensors.index.json": {"metadata": {"total_size": 128}, "weight_map": shards},
            "vae/config.json": {"_class_name": "AutoencoderKLWan", "timestep_conditioning": True},
        }.items():
            (place / file).write_text(json.dumps(data), encoding="utf-8")


def _small_files(folder: Path) -> None:
    first = shipped_looks()[0]
    (_place(folder / "look", "shipped") / "look.json").write_text(to_text(first), encoding="utf-8")
    whole = Look("ink", "Ink", "{prompt}, ink", negative="photo", loras=(Lora("a.safetensors", 0.5),), picture=_png())
    (_place(folder / "look", "own") / "look.json").write_text(to_text(whole), encoding="utf-8")
    save_settings(Settings(), _place(folder / "settings", "defaults") / "settings.toml")
    keys = {"preset": "studio", "keys": {"play": ["Space"], "trim": ["Ctrl+T", "Q"]}}
    (_place(folder / "keys", "own") / "keys.toml").write_text(tomli_w.dumps(keys), encoding="utf-8")
    words = "# colours\nred\nblue\n\n deep green \n"
    (_place(folder / "wordlist", "colours") / "colours.txt").write_text(words, encoding="utf-8")
    remembered: dict[str, Any] = {
        "paces": {"sora": 1.5e-6, "fake": 2e-7},
        "experience": {"sora": {"card": {"card": 1.1, "ram": 0.9, "seconds": 1.0}}},
        "prompts": ["a boat", "a red balloon"],
        "engines": {"sora": {"steps": 24, "guidance": 5.0, "negative": "blur"}},
        "setups": {"sora": asdict(Setup("card", "bf16"))},
        "open": {"pid": 1, "created": 1.0, "started": 1.0, "project": "/somewhere"},
    }
    for name, data in remembered.items():
        text = json.dumps(data)
        (_place(folder / "remembered", name) / f"{name}.json").write_text(text, encoding="utf-8")
    lock = {"pid": 1, "created": 1.0, "started": 1.0, "host": socket.gethostname(), "folder": "/somewhere"}
    (_place(folder / "lock", "copied") / "project.lock").write_text(json.dumps(lock), encoding="utf-8")
    for kind, value in {"media": ["a"], "clips": ["a", "b"], "still": ["a", 1.5], "look": ["ink", "Ink"]}.items():
        text = json.dumps({"kind": kind, "value": value})
        (_place(folder / "drag", kind) / "drag.json").write_text(text, encoding="utf-8")


def _png() -> bytes:
    import io

    file = io.BytesIO()
    Image.fromarray(numbered(3)).save(file, "png")
    return file.getvalue()
