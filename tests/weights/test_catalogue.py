"""The catalogue of open models: what ships is sound, and what is not is refused with the entry and the reason."""

from __future__ import annotations

import contextlib
import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput
from sora_studio.core.open_model import Need, OpenModel, does_in_words, gigabytes, needs_in_words
from sora_studio.core.resources import resource
from sora_studio.weights.catalogue import open_model, open_models, read_catalogue

SHIPPED = tomllib.loads(resource("models", "catalogue.toml").read_text(encoding="utf-8"))
FAMILIES = {"Wan 2.1", "Wan 2.2", "LTX-Video", "LTX-2", "HunyuanVideo", "CogVideoX", "SkyReels V2", "Helios", "Mochi"}


def small() -> dict[str, Any]:
    """A catalogue of one entry."""
    return copy.deepcopy({**SHIPPED, "models": SHIPPED["models"][:1]})


def read(folder: Path, data: dict[str, Any]) -> tuple[OpenModel, ...]:
    path = folder / "catalogue.toml"
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
    return read_catalogue(path)


def test_the_shipped_catalogue_lists_each_family_once_a_repository() -> None:
    models = open_models()
    assert len(models) > 30
    assert {one.family for one in models} >= FAMILIES
    assert len({one.repo for one in models}) == len({one.title for one in models}) == len(models)


def test_the_pipelines_are_classes_of_diffusers() -> None:
    diffusers = pytest.importorskip("diffusers")
    assert [one.repo for one in open_models() if not hasattr(diffusers, one.pipeline)] == []


@pytest.mark.parametrize("model", open_models(), ids=lambda one: one.repo)
def test_every_model_says_what_it_does_needs_and_costs(model: OpenModel) -> None:
    assert does_in_words(model)
    assert all(needs_in_words(model))
    assert model.licence.words.endswith(".")


def test_a_model_is_found_by_its_repository_or_its_name() -> None:
    assert open_model("wan-ai/wan2.1-t2v-1.3b-diffusers") is open_model("Wan2.1-T2V-1.3B-Diffusers") is open_models()[0]
    with pytest.raises(BadInput, match="no model called “Wan9”"):
        open_model("Wan9")


def test_what_is_unknown_is_said_and_not_guessed() -> None:
    model = open_model("genmo/mochi-1-preview")
    assert model.download_bytes is None
    assert needs_in_words(model)[-1] == "How much memory of the card a clip needs is unknown."


def test_needs_are_said_by_layout() -> None:
    lines = needs_in_words(open_model("THUDM/CogVideoX-5b"))
    assert lines[0] == "Weights alone: 11.1 GB in 16 bits."
    assert "19.0 GB on the card: one part on the card at a time." in lines
    forecast = needs_in_words(open_model("THUDM/CogVideoX-5b"), (Need("offload", 17_400_000_000, "", 22_800_000_000),))
    assert forecast[1:] == ("One part on the card at a time: 17.4 GB of the card, 22.8 GB of memory.",)


def test_what_parts_weigh_is_what_the_model_is_said_to_weigh() -> None:
    for model in open_models():
        networks = [part.parameters for part in model.parts if part.name.startswith("transformer")]
        if networks:
            assert networks == pytest.approx([model.parameters] * model.experts, rel=0.02), model.repo


def test_networks_that_nobody_weighed_are_refused(tmp_path: Path) -> None:
    data = small()
    data["models"][0]["parts"]["vae"] = "wan-vae-3"
    with pytest.raises(BadInput, match="nothing is known of the network 'wan-vae-3'"):
        read(tmp_path, data)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 kB"), (999_400, "999 kB"), (1_400_000, "1 MB"), (28_900_000_000, "28.9 GB"), (999_900_000, "1.0 GB")],
)
def test_sizes_are_said_in_decimal_units(count: int, words: str) -> None:
    assert gigabytes(count) == words


WANTED = ("model_index.json", "transformer/config.json", "transformer/model-00001-of-00002.safetensors",
          "tokenizer/spiece.model", "tokenizer/merges.txt", "tokenizer/chat_template.jinja", "LICENSE.txt")  # fmt: skip
LEFT = ("ltx-2-19b-dev.safetensors", "transformer/model.bin", "vae/vae.pt", "vae/vae.PKL", "pytorch_model.ckpt",
        "../model_index.json", "/etc/x.json", "a/../../b.json", "a\\b.json", "media/clip.mp4", "run.py")  # fmt: skip


def test_only_data_inside_the_folder_is_fetched() -> None:
    model = open_model("Lightricks/LTX-2")
    assert [path for path in WANTED if not model.wants(path)] == []
    assert [path for path in LEFT if model.wants(path)] == []


@given(st.text(max_size=60))
def test_a_path_that_is_fetched_never_leaves_its_folder(path: str) -> None:
    if open_models()[0].wants(path):
        assert (Path("/models/one") / path).resolve().is_relative_to("/models/one")
        assert Path(path).suffix.lower() not in (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".py")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"repo": "../../etc"}, "no repository"),
        ({"repo": "a/..b"}, "no repository"),
        ({"repo": 3}, "repo is no text"),
        ({"does": []}, "empty or said twice"),
        ({"does": ["words", "cook"]}, "does cannot be 'cook'"),
        ({"licence": "none"}, "no licence 'none'"),
        ({"gated": "maybe"}, "gated cannot be 'maybe'"),
        ({"parameters": -1}, "parameters is no count"),
        ({"parameters": True}, "parameters is no count"),
        ({"download_gb": 0}, "download_gb is no size"),
        ({"needs": [{"layout": "whole"}]}, "card_gb is no size"),
        ({"needs": [{"layout": "flat", "card_gb": 3}]}, "layout cannot be 'flat'"),
        ({"files": ["*.bin"]}, "never fetched"),
        ({"files": ["*"]}, "never fetched"),
        ({"files": ["../*.json"]}, "never fetched"),
        ({"colour": "red"}, "nothing reads 'colour'"),
        ({"title": ""}, "title is no text"),
    ],
)
def test_a_wrong_entry_is_refused_by_number_with_the_reason(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    data = small()
    data["models"] = [data["models"][0], {**SHIPPED["models"][1], **change}]
    with pytest.raises(BadInput, match=f"Entry 2 .*{why}"):
        read(tmp_path, data)


def test_a_model_listed_twice_is_refused(tmp_path: Path) -> None:
    data = small()
    data["models"] *= 2
    with pytest.raises(BadInput, match="listed twice"):
        read(tmp_path, data)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("repo", "title", "family", "does", "parameters", "experts", "download_gb", "needs", "licence", "gated", "files")


def without_none(value: Any) -> Any:
    """TOML has no null."""
    if isinstance(value, dict):
        return {key: without_none(one) for key, one in value.items() if one is not None}
    return [without_none(one) for one in value if one is not None] if isinstance(value, list) else value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(KEYS), VALUES)
def test_any_value_gives_a_model_or_a_sentence(tmp_path: Path, key: str, value: Any) -> None:
    data = small()
    data["models"][0][key] = without_none(value)
    if data["models"][0][key] is None:
        del data["models"][0][key]
    with contextlib.suppress(BadInput):
        (model,) = read(tmp_path, data)
        assert all(needs_in_words(model))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(("patterns", "licences", "models")), VALUES)
def test_any_table_gives_models_or_a_sentence(tmp_path: Path, key: str, value: Any) -> None:
    data = small()
    data[key] = without_none(value)
    if data[key] is None:
        del data[key]
    with contextlib.suppress(BadInput):
        read(tmp_path, data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=80), st.integers(0, 4000))
def test_any_bytes_give_models_or_a_sentence(tmp_path: Path, piece: bytes, at: int) -> None:
    whole = resource("models", "catalogue.toml").read_bytes()
    path = tmp_path / "catalogue.toml"
    path.write_bytes(whole[:at] + piece + whole[at + len(piece) :])
    with contextlib.suppress(BadInput):
        read_catalogue(path)
