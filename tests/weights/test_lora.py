"""What a LoRA file says of itself, and what is none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from sora_studio.core.errors import BadInput
from sora_studio.core.lora import FewSteps
from sora_studio.weights.lora import read_lora
from tests.weights.tables import safetensors

NAMES = ("blocks.0.self_attn.q.lora_A.weight", "blocks.0.self_attn.q.lora_B.weight")


def file(path: Path, notes: dict[str, str]) -> Path:
    path.write_bytes(save({name: np.zeros((2, 2), np.float32) for name in NAMES}, notes))
    return path


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ({}, ()),
        ({"modelspec.trigger_phrase": "ink wash, sumi-e"}, ("ink wash", "sumi-e")),
        ({"trigger_words": '["ohwx", "a\\nman", "ohwx"]'}, ("ohwx", "a man")),
        ({"ss_tag_frequency": json.dumps({"10_ink": {"inkw": 40, "tree": 12}, "5_ink": {"inkw": 8}})}, ("inkw",)),
        ({"ss_tag_frequency": json.dumps({"a": {"x": "many", "y": True}, "b": 3})}, ()),
        ({"ss_tag_frequency": "[[[["}, ()),
        ({"trigger_word": "x" * 500}, ("x" * 80,)),
        ({"trigger_words": ",".join(f"word{n}" for n in range(50))}, tuple(f"word{n}" for n in range(8))),
    ],
)
def test_the_words_that_wake_it_are_told(notes: dict[str, str], words: tuple[str, ...], tmp_path: Path) -> None:
    found = read_lora(file(tmp_path / "ink.safetensors", notes))
    assert found.words == words
    assert (found.name, found.family) == ("ink", "Wan")


@pytest.mark.parametrize(
    ("name", "few"),
    [
        ("Wan21_T2V_14B_lightx2v_cfg_step_distill_lora_rank32", FewSteps(4)),
        ("wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise", FewSteps(4)),
        ("Wan2.2-Lightning-T2V-8step-low", FewSteps(8)),
        ("ltx-2-19b-distilled-lora-384", FewSteps(8)),
        ("lightning over the sea", None),
        ("ink-3000steps", None),
        ("footsteps", None),
    ],
)
def test_few_steps_are_told_by_the_name(name: str, few: FewSteps | None, tmp_path: Path) -> None:
    assert read_lora(file(tmp_path / f"{name}.safetensors", {})).few == few


@pytest.mark.parametrize("suffix", [".pt", ".ckpt", ".bin", ".PTH", ".pkl"])
def test_pickles_are_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"ink{suffix}"
    path.write_bytes(b"\x80\x04")
    with pytest.raises(BadInput, match="is a pickle, which can run any program"):
        read_lora(path)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("blocks.0.attn.weight",), "holds no LoRA"),
        (("blocks.0.attn.hada_w1_a", "blocks.0.attn.hada_w1_b"), "is a LoHa"),
        (("blocks.0.attn.lokr_w1",), "is a LoKr"),
        ((*NAMES, "blocks.0.self_attn.q.dora_scale"), "is a DoRA"),
    ],
)
def test_what_is_no_lora_is_refused(names: tuple[str, ...], why: str, tmp_path: Path) -> None:
    safetensors(tmp_path / "x.safetensors", names)
    with pytest.raises(BadInput, match=why):
        read_lora(tmp_path / "x.safetensors")


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ink.txt").write_text("ink")
    with pytest.raises(BadInput, match="is no LoRA"):
        read_lora(tmp_path / "ink.txt")
    with pytest.raises(BadInput, match="cannot be read"):
        read_lora(tmp_path / "nothing.safetensors")


WHOLE = save({name: np.zeros((2, 2), np.float32) for name in NAMES}, {"trigger_word": "ink"})


@given(st.one_of(st.binary(max_size=200), st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))))
def test_a_damaged_table_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, change: bytes | tuple[int, int]
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.safetensors"
    if isinstance(change, bytes):
        path.write_bytes(change)
    else:
        place, by = change
        path.write_bytes(WHOLE[:place] + bytes([(WHOLE[place] + by) % 256]) + WHOLE[place + 1 :])
    try:
        read_lora(path)
    except BadInput as exc:
        said = str(exc)
        assert said.endswith(".")
