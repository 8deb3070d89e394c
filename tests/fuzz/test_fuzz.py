"""A small share of `python -m tests.fuzz`, the same one each time, and whether it would notice what it looks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fuzz.__main__ import shared
from tests.fuzz.failing import EXPECTED
from tests.fuzz.pool import Reading, fuzz
from tests.fuzz.readers import READERS
from tests.fuzz.seeds import write_seeds
from tests.fuzz.serving import made, outcome, read_seeds


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    write_seeds(folder)
    return folder


@pytest.mark.parametrize("name", READERS)
def test_whole_files_are_read(name: str, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    for seed in read_seeds(seeds / name):
        folder = tmp_path / seed.name
        shutil.copytree(seeds / name / seed.name, folder)
        assert outcome(READERS[name], folder) == ("accepted", ""), seed.name


def test_damaged_files_are_refused_in_sentences(tmp_path: Path) -> None:
    tally = fuzz(tmp_path, shared(100, []), "always")
    assert not tally.defects
    assert tally.total.total() == 100
    assert set(tally.counts) == set(READERS)
    assert tally.total["refused"] > 20, "the files were hardly damaged"


def test_every_way_to_fail_is_noticed_and_the_rest_is_read(tmp_path: Path) -> None:
    for name in EXPECTED:
        (tmp_path / "seeds" / name / "one").mkdir(parents=True)
        (tmp_path / "seeds" / name / "one" / "a.txt").write_text("words")
    reading = Reading(tmp_path, "1", limit=0.3, asleep=1.5, module="tests.fuzz.failing")
    try:
        assert {name: reading.read(name, 1)[0] for name in EXPECTED} == {
            name: said for name, (_, said) in EXPECTED.items()
        }
    finally:
        reading.close()


def test_an_input_is_the_same_each_time(seeds: Path, tmp_path: Path) -> None:
    for name in READERS:
        found = read_seeds(seeds / name)
        written = []
        for folder in (tmp_path / "a", tmp_path / "b"):
            made(found, f"1:{name}:3", folder)
            written.append([path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()])
        assert written[0] == written[1]
