"""Tables of files of weights: read without loading, and refused when they lie."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError, safe_open

from sora_studio.core.errors import BadInput
from sora_studio.weights.headers import Tensor, read_header
from tests.weights.tables import WAN, gguf, safetensors, table_of, with_table

FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def accepted(path: Path) -> bool:
    try:
        read_header(path)
    except BadInput:
        return False
    return True


def library_accepts(path: Path) -> bool:
    try:
        with safe_open(path, "np"):
            return True
    except SafetensorError:
        return False


def test_the_table_of_safetensors_is_read(tmp_path: Path) -> None:
    header = read_header(safetensors(tmp_path / "w.safetensors", note="hello"))
    assert header.tensors == dict.fromkeys(WAN, Tensor("F16", (2, 3)))
    assert header.metadata == {"note": "hello"}
    assert header.parameters == 6 * len(WAN)


def test_the_table_of_gguf_is_read(tmp_path: Path) -> None:
    header = read_header(gguf(tmp_path / "w.gguf"))
    assert header.tensors == dict.fromkeys(WAN, Tensor("Q8_0", (2, 32)))
    assert header.metadata["general.architecture"] == "wan"


LIES: list[tuple[str, Any]] = [
    ("shape", [2, 30]),
    ("shape", [-2, -3]),
    ("shape", [1 << 40, 1 << 40]),
    ("shape", [6.0]),
    ("shape", [True, 6]),
    ("data_offsets", [0, 1 << 50]),
    ("data_offsets", [12, 0]),
    ("data_offsets", [12, 24]),
    ("data_offsets", [0]),
    ("data_offsets", "0"),
    ("dtype", "F12"),
    ("dtype", None),
    ("more", 1),
]


@pytest.mark.parametrize(("key", "value"), LIES, ids=str)
def test_a_table_that_lies_is_refused(tmp_path: Path, key: str, value: Any) -> None:
    path = safetensors(tmp_path / "w.safetensors")
    table, rest = table_of(path)
    name = next(name for name, entry in table.items() if entry["data_offsets"][0] == 0)  # type: ignore[index]
    with_table(path, table | {name: table[name] | {key: value}}, rest)  # type: ignore[operator]
    with pytest.raises(BadInput, match="damaged or cut off, so it is not used"):
        read_header(path)


def test_two_names_for_the_same_bytes_are_refused(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "w.safetensors")
    table, rest = table_of(path)
    name, entry = next(iter(table.items()))
    with_table(path, table | {"again": entry}, rest)
    assert not accepted(path)
    text = json.dumps(table)
    with_table(path, (text[:-1] + f', "{name}": {json.dumps(entry)}}}').encode(), rest)
    with pytest.raises(BadInput, match="stands twice"):
        read_header(path)


def test_bytes_that_no_tensor_owns_are_refused(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "w.safetensors")
    path.write_bytes(path.read_bytes() + b"hidden")
    with pytest.raises(BadInput, match="shorter or longer"):
        read_header(path)


@pytest.mark.parametrize("make", [safetensors, gguf])
def test_a_file_that_is_cut_off_anywhere_is_refused(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path / ("w.gguf" if make is gguf else "w.safetensors"))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert not accepted(path), length


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"{", b'{"a": 1}', b'{"__metadata__": {"a": 1}}', b"[" * 5000])
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: bytes) -> None:
    assert not accepted(with_table(tmp_path / "w.safetensors", text, b""))


def test_a_table_longer_than_any_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(struct.pack("<Q", (1 << 63) - 1) + b"{}")
    assert not accepted(path)
    path = tmp_path / "w.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1 << 60))
    assert not accepted(path)


@FUZZ
@given(st.integers(0, 399), st.binary(min_size=1, max_size=12))
def test_what_is_accepted_after_damage_the_library_accepts_too(tmp_path: Path, at: int, piece: bytes) -> None:
    path = safetensors(tmp_path / "w.safetensors")
    whole = bytearray(path.read_bytes())
    at %= len(whole)
    whole[at : at + len(piece)] = piece
    path.write_bytes(whole)
    assert not accepted(path) or library_accepts(path)


NUMBERS = st.integers(-5, 60) | st.integers(-(1 << 66), 1 << 66) | st.floats() | st.none() | st.text(max_size=3)


@FUZZ
@given(st.lists(NUMBERS, max_size=4), st.lists(NUMBERS, max_size=3), st.sampled_from(["F16", "F32", "U8", "F4", "X"]))
def test_any_shape_and_place_is_true_or_refused(tmp_path: Path, shape: list[Any], place: list[Any], kind: str) -> None:
    entry = {"a": {"dtype": kind, "shape": shape, "data_offsets": place}}
    path = with_table(tmp_path / "w.safetensors", json.dumps(entry).encode(), bytes(24))
    assert not accepted(path) or library_accepts(path)


@FUZZ
@given(st.integers(0, 700), st.binary(min_size=1, max_size=9))
def test_damage_to_gguf_is_refused_or_harmless(tmp_path: Path, at: int, piece: bytes) -> None:
    path = gguf(tmp_path / "w.gguf")
    whole = bytearray(path.read_bytes())
    at %= len(whole)
    whole[at : at + len(piece)] = piece
    path.write_bytes(whole)
    if accepted(path):
        assert read_header(path).parameters * 34 // 32 <= len(whole) * 32


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(tmp_path: Path, data: bytes) -> None:
    for name in ("w.gguf", "w.safetensors"):
        (tmp_path / name).write_bytes(data if name == "w.safetensors" else b"GGUF\3\0\0\0" + data)
        accepted(tmp_path / name)
