"""A wheel built from the tree works in another environment, away from the checkout: resources travel with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel, and of ours only the third-party packages."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    env = folder / "env"
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(env)
    python = env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    where = [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    (site / "third_party.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return python


def test_it_generates_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [installed, "-c", "import sora_studio; print(sora_studio.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(ROOT) not in where.stdout
    out = tmp_path / "clip.mp4"
    command = [
        installed.with_name("sora-studio"),
        "generate",
        "a red ball bounces on a beach",
        "-o",
        out,
        "--steps",
        "2",
        "--json",
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    done = json.loads(run.stdout.splitlines()[-1])
    assert done["event"] == "done"
    assert out.stat().st_size > 1000


def test_its_window_opens_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "from sora_studio.ui.theme import apply, icon\nfrom PySide6.QtWidgets import QApplication\n"
    code += "app = QApplication([]); apply(app); print(app.font().family(), icon('play').isNull())"
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run([installed, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert run.stdout.split()[-1] == "False", run.stderr
    assert "Inter" in run.stdout
