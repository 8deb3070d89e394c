"""A window that is killed, or whose power goes, at whatever touch of the disk: what was acknowledged is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sora_studio.core.errors import ProjectError
from sora_studio.core.project import Project
from sora_studio.session import opening, store, versions

ROOT = Path(__file__).resolve().parents[2]


def number(project: Project) -> int:
    """Which edit a project is the state after."""
    return int(project.timeline.markers[0].name) if project.timeline.markers else 0


def acknowledged(notes: Path) -> dict[str, int]:
    """The newest edit that was made, kept and saved."""
    said = dict.fromkeys(("edited", "kept", "saved"), 0)
    for line in notes.read_text().splitlines():
        word, count = line.split()
        said[word] = int(count)
    return said


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what a file is called")
@pytest.mark.parametrize("how", ["half", "power"])
@pytest.mark.parametrize(("seed", "count"), [(1, 3), *(pytest.param(n, 12, marks=pytest.mark.slow) for n in range(8))])
def test_what_was_acknowledged_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, seed: int, count: int
) -> None:
    command = [sys.executable, "-m", "tests.session.killed_at", str(tmp_path), how, str(seed), str(count)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    kills = int(run.stdout)
    assert kills > 30
    for last in range(1, kills + 1):
        place = tmp_path / str(last)
        said, film = acknowledged(place.with_suffix(".notes")), place / "film"
        monkeypatch.setenv("SORA_STUDIO_HOME", str(place / "home"))
        newest = max(said["kept"], said["saved"])
        try:
            opened = opening.read(film)
        except ProjectError:
            assert not any(said.values()), (last, "nothing was acknowledged, not even that there is a project")
            continue
        assert newest <= number(opened.project) <= said["edited"] + 1, last
        assert said["saved"] <= number(opened.saved), last
        assert opened.project == opened.saved or opened.notes
        for version in versions.versions(film):
            store.load_version(version.path, film)
