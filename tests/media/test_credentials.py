"""Content credentials: valid until a byte of the film changes, and never a reason for a half-written file."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import c2pa
import numpy as np
import pytest

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.recipe import to_recipe
from sora_studio.core.request import Frames, Request
from sora_studio.core.time import Rate, Size
from sora_studio.media.credentials import GENERATION, IDENTITY, Credentials, installed
from sora_studio.media.decode import VideoReader
from sora_studio.media.encode import PRESETS, VideoWriter
from sora_studio.media.metadata import read_recipe
from tests.media.films import numbered
from tests.session.mounts import MOUNTS, mounted

RECIPE = to_recipe(Request("a fox, “très beau” 日本", seed=7, engine="sora"))
BARS = np.stack([numbered(index) for index in range(6)])
SIGNED = [name for name, preset in PRESETS.items() if preset.credentials]


def written(path: Path, credentials: Credentials | None, preset: str = "h264", frames: Frames = BARS) -> Path:
    size = Size(frames.shape[2], frames.shape[1])
    with VideoWriter(path, size, Rate(24), preset=preset, recipe=RECIPE) as writer:
        if credentials is not None:
            writer.sign_with(credentials)
        writer.write(frames)
    return path


def told(path: Path, data: bytes | None = None) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """What another program reads: the state, the claims by label, and who signed."""
    kind = next(preset.credentials for preset in PRESETS.values() if preset.suffix == path.suffix)
    with c2pa.Reader(kind, io.BytesIO(path.read_bytes() if data is None else data)) as reader:
        found = json.loads(reader.json())
        active = found["manifests"][found["active_manifest"]]
        claims = {one["label"]: one["data"] for one in active["assertions"]}
        return str(reader.get_validation_state()), claims, active["signature_info"]


@pytest.mark.parametrize("preset", SIGNED)
def test_a_signed_film_is_valid_and_still_the_same_film(tmp_path: Path, preset: str) -> None:
    suffix = PRESETS[preset].suffix
    plain = written(tmp_path / f"plain{suffix}", None, preset)
    signed = written(tmp_path / f"signed{suffix}", Credentials(tmp_path / "keys", (RECIPE,)), preset)
    state, claims, signature = told(signed)
    assert state == "Valid"
    (action,) = claims["c2pa.actions.v2"]["actions"]
    assert action["action"] == "c2pa.created"
    assert action["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert claims[GENERATION] == {"clips": [{"prompt": RECIPE["prompt"], "seed": 7, "model": "sora"}]}
    assert signature["common_name"] == "Installation of Sora Studio"
    assert read_recipe(signed) == read_recipe(plain)
    with VideoReader(plain) as before, VideoReader(signed) as after:
        assert np.array_equal(np.stack(list(before.frames())), np.stack(list(after.frames())))
    assert signed.stat().st_size - plain.stat().st_size < 8000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys", plain.name, signed.name]


@pytest.mark.parametrize("preset", SIGNED)
def test_a_changed_byte_of_the_picture_is_noticed(tmp_path: Path, preset: str) -> None:
    film = written(tmp_path / f"film{PRESETS[preset].suffix}", Credentials(tmp_path / "keys", (RECIPE,)), preset)
    data = bytearray(film.read_bytes())
    begin = data.index(b"mdat") if b"mdat" in data else 0
    data[begin + (len(data) - begin) // 2] ^= 1
    assert told(film, bytes(data))[0] == "Invalid"


def test_no_list_of_trust_is_claimed(tmp_path: Path) -> None:
    film = written(tmp_path / "film.mp4", Credentials(tmp_path / "keys", (RECIPE,)))
    with c2pa.Reader("video/mp4", io.BytesIO(film.read_bytes())) as reader:
        codes = [one["code"] for one in json.loads(reader.json())["validation_status"]]
    assert codes == ["signingCredential.untrusted"]


@pytest.mark.parametrize(
    ("recipes", "footage", "source"),
    [((RECIPE,), True, "compositeWithTrainedAlgorithmicMedia"), ((), True, "humanEdits"), ((), False, "humanEdits")],
)
def test_what_holds_footage_is_not_called_generated(
    tmp_path: Path, recipes: tuple[dict[str, Any], ...], footage: bool, source: str
) -> None:
    claims = told(written(tmp_path / "film.mp4", Credentials(tmp_path / "keys", recipes, footage)))[1]
    assert claims["c2pa.actions.v2"]["actions"][0]["digitalSourceType"].endswith(f"/{source}")
    assert (GENERATION in claims) is bool(recipes)


def test_one_installation_signs_with_one_key_that_is_its_owners_alone(tmp_path: Path) -> None:
    keys = tmp_path / "home" / "keys"
    signatures = [told(written(tmp_path / f"{name}.mp4", Credentials(keys, (RECIPE,))))[2] for name in "ab"]
    assert signatures[0]["cert_serial_number"] == signatures[1]["cert_serial_number"]
    assert os.listdir(keys) == [IDENTITY]
    if os.name != "nt":
        assert stat.S_IMODE(keys.stat().st_mode) == 0o700
        assert stat.S_IMODE((keys / IDENTITY).stat().st_mode) == 0o600
    other = told(written(tmp_path / "c.mp4", Credentials(tmp_path / "other", (RECIPE,))))[2]
    assert other["cert_serial_number"] != signatures[0]["cert_serial_number"]


@pytest.mark.parametrize("preset", [name for name in PRESETS if name not in SIGNED])
def test_formats_that_hold_none_say_so_before_anything_is_written(tmp_path: Path, preset: str) -> None:
    with pytest.raises(BadInput, match="holds no content credentials"):
        written(tmp_path / f"film{PRESETS[preset].suffix}", Credentials(tmp_path / "keys"), preset)
    assert not list(tmp_path.iterdir())


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed()
    monkeypatch.setitem(sys.modules, "c2pa", None)  # what Python itself writes for a module that is not to be found
    assert not installed()
    with pytest.raises(BadInput, match="pip install c2pa-python"):
        written(tmp_path / "film.mp4", Credentials(tmp_path / "keys"))
    assert not list(tmp_path.iterdir())


def test_a_damaged_key_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    for damage in (b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"):
        (keys / IDENTITY).write_bytes(damage)
        with pytest.raises(OutputError, match="damaged"):
            written(tmp_path / "film.mp4", Credentials(keys))
    assert os.listdir(tmp_path) == ["keys"]


def test_a_key_that_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(b"a file")
    with pytest.raises(OutputError, match="neither read nor written"):
        written(tmp_path / "film.mp4", Credentials(tmp_path / "keys"))
    assert os.listdir(tmp_path) == ["keys"]


def test_what_cannot_be_signed_is_not_written_and_the_former_film_stays(tmp_path: Path) -> None:
    """With the key of one installation and the certificates of another."""
    film = written(tmp_path / "film.mp4", Credentials(tmp_path / "keys", (RECIPE,)))
    former = film.read_bytes()
    written(tmp_path / "other.mp4", Credentials(tmp_path / "other"))
    begin = b"-----BEGIN CERTIFICATE-----"
    key = (tmp_path / "keys" / IDENTITY).read_bytes().partition(begin)[0]
    chain = (tmp_path / "other" / IDENTITY).read_bytes().partition(begin)[2]
    (tmp_path / "keys" / IDENTITY).write_bytes(key + begin + chain)
    with pytest.raises(OutputError, match="could not be signed"):
        written(film, Credentials(tmp_path / "keys", (RECIPE,)))
    assert film.read_bytes() == former
    assert sorted(os.listdir(tmp_path)) == ["film.mp4", "keys", "other", "other.mp4"]


@MOUNTS
def test_a_disk_that_holds_the_film_but_not_a_signed_one_is_called_full(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=200k", "tmpfs") as disk:
        noise = np.random.default_rng(0).integers(0, 255, (16, 80, 128, 3), np.uint8)
        with pytest.raises(OutputError, match="disk is full"):
            written(disk / "film.mp4", Credentials(tmp_path / "keys"), frames=noise)
        assert not list(disk.iterdir())
        assert written(disk / "film.mp4", None, frames=noise).stat().st_size > 100_000
