"""Manifests and shelves: what a damaged or malicious file of ours can do (nothing), and what removing frees."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sora_studio.weights import shelf
from sora_studio.weights.fetch import Order, fetch
from sora_studio.weights.manifest import NAME, Manifest, Part, matches, read_manifest, safe, write_manifest
from tests.fakes.hub import FakeHub, git_hash
from tests.weights.conftest import REPO

MANIFEST = Manifest(REPO, "a" * 40, (Part("a/b.json", 2, git_hash(b"{}")),))


def test_a_manifest_comes_back(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST)
    assert read_manifest(tmp_path) == MANIFEST
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../../x", "/etc/passwd", "C:/x", "a/C:x", "\\\\host\\share", "a\\b", "", "a//b", "./a", "a/.", "a\0b"],
)
def test_a_path_that_leads_elsewhere_is_not_safe(path: str) -> None:
    assert not safe(path)


@given(st.text(max_size=40))
def test_a_safe_path_stays_inside(path: str) -> None:
    if safe(path):
        assert Path("/m", path).resolve().is_relative_to("/m")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["repo", "commit", "parts"]),
    st.none() | st.text() | st.integers() | st.lists(st.dictionaries(st.text(), st.text() | st.integers())),
)
def test_a_manifest_that_makes_no_sense_is_none(tmp_path: Path, key: str, value: object) -> None:
    write_manifest(tmp_path, MANIFEST)
    data = json.loads((tmp_path / NAME).read_text())
    (tmp_path / NAME).write_text(json.dumps({**data, key: value}))
    found = read_manifest(tmp_path)
    assert found is None or (key == "repo" and found.parts == MANIFEST.parts)


def test_a_manifest_that_names_a_file_elsewhere_is_none(tmp_path: Path) -> None:
    write_manifest(tmp_path, Manifest(REPO, "a" * 40, (Part("../b.json", 2, git_hash(b"{}")),)))
    assert read_manifest(tmp_path) is None


@given(st.binary(max_size=300), st.integers(0, 299))
def test_one_wrong_bit_is_found(tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int) -> None:
    file = tmp_path_factory.mktemp("m") / "f"
    file.write_bytes(data)
    part = Part("f", len(data), git_hash(data))
    assert matches(file, part)
    if data:
        wrong = bytearray(data)
        wrong[at % len(data)] ^= 1
        file.write_bytes(wrong)
        assert not matches(file, part)
        file.write_bytes(data + b"x")
        assert not matches(file, part)
    file.unlink()
    assert not matches(file, part)


def test_removing_a_model_frees_what_it_said_and_leaves_nothing(hub: FakeHub, order: Order) -> None:
    folder = fetch(order)
    (one,) = shelf.all_held(order.root)
    assert one.whole
    assert one.there == one.total
    freed = shelf.occupied(folder)
    assert freed >= one.total
    assert shelf.remove(one) == freed
    assert list(order.root.iterdir()) == []
    assert shelf.held(order.root, REPO) is None


def test_a_file_that_has_another_name_elsewhere_is_not_counted_as_freed(
    hub: FakeHub, order: Order, tmp_path: Path
) -> None:
    folder = fetch(order)
    whole = shelf.occupied(folder)
    file = folder / "vae" / "diffusion_pytorch_model.safetensors"
    with contextlib.suppress(OSError):
        os.link(file, tmp_path / "other")
    assert shelf.occupied(folder) <= whole - file.stat().st_size


def test_a_model_on_its_way_is_listed_with_what_is_there(hub: FakeHub, order: Order) -> None:
    folder = fetch(order)
    (one,) = shelf.all_held(order.root)
    shelf.set_back(one, ("model_index.json",))
    (back,) = shelf.all_held(order.root)
    assert not back.whole
    assert not folder.exists()
    assert back.there == back.total - len(b'{"_class_name": "WanPipeline"}')
