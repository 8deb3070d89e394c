"""Names of files: legal everywhere, and never too long."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sora_studio.core.filenames import LONGEST, part_of, portable

KEPT = ("CON", "nul", "Aux.txt", "COM1", "lpt9.tar.gz", "COM¹", "CONIN$", "prn .mp4")


@given(st.text(st.characters(exclude_categories=()), max_size=300))
@example("CON")
@example("a" * 300)
@example("雨" * 200)
@example("...")
@example("nul.")
@example("\udcff")
def test_every_name_can_be_held_by_every_system(words: str) -> None:
    name = portable(words, "Untitled")
    assert name
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert name == name.strip(" .")
    assert len(os.fsencode(name)) < LONGEST - 30
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", name.partition(".")[0].strip())
    assert portable(name, "Untitled") == name


@pytest.mark.parametrize("words", KEPT)
def test_names_of_devices_become_others(words: str) -> None:
    name = portable(words, "")
    assert name.partition(".")[0].endswith("_")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("My film", "My film"),
        ("Größe 雨 🎈", "Größe 雨 🎈"),
        ('A/B: the "test"?', "A-B- the -test"),
        ("Cafe\u0301", "Café"),
        ("what. . .", "what"),
        ("../../etc/passwd", "etc-passwd"),
        ("", "Untitled"),
        ("console", "console"),
    ],
)
def test_names_stay_what_they_are_as_far_as_they_can(words: str, name: str) -> None:
    assert portable(words, "Untitled") == name


@pytest.mark.parametrize("name", ["film.mp4", f"{'x' * 251}.mp4", f"{'雨' * 83}.mp4", f"x.{'y' * 250}", "x" * 255])
def test_a_file_can_grow_beside_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    part = part_of(path)
    part.write_bytes(b"x")
    os.replace(part, path)
    assert part.name.endswith(path.suffix[-3:])
    assert part_of(path) != part_of(path.with_name(f"other{path.suffix[:20]}"))
