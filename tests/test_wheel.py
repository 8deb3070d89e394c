"""A wheel built from the tree works in another environment, away from the checkout: resources travel with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.tiny_model import build_tiny_pipeline

ROOT = Path(__file__).resolve().parent.parent


TREE = ("sora_studio", "resources", "pyproject.toml", "README.md", "LICENSE", ".gitignore")
UPSCALING = "resources/upscaling"
FOR_TRAINING = "resources/evaluation/classifier/config.json"
AWAY = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
"""An environment in which nothing points back to the checkout."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the tree, of one in which the evaluation's classifier stands; its weights are tiny ones in the same
    files, since 110 MB are long to pack."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    for name in TREE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.safetensors"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, tree / name)
    build_tiny_pipeline(tree / "resources" / "model")
    shutil.copytree(ROOT / UPSCALING, tree / UPSCALING, dirs_exist_ok=True)  # small enough as it is
    planted = tree / FOR_TRAINING
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text("{}")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder), str(tree)]
    subprocess.run(build, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel, and of ours only the third-party packages."""
    folder = tmp_path_factory.mktemp("installed")
    env = folder / "env"
    venv.EnvBuilder(symlinks=os.name != "nt").create(env)
    python = env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", python]
    install = [*pip, "install", "-q", "--no-deps", "--no-index", "--no-compile", wheel]
    subprocess.run(install, env=AWAY, check=True)
    where = [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(where, env=AWAY, capture_output=True, text=True, check=True).stdout.strip())
    (site / "third_party.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return python


def test_it_carries_every_resource_but_those_of_the_evaluation(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    carried = {name.removeprefix("sora_studio/_") for name in names if name.startswith("sora_studio/_resources/")}
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "resources").rglob("*") if path.is_file()}
    assert carried == {path for path in there if not path.startswith("resources/evaluation/")}
    assert {"resources/languages/zh_TW.mo", "resources/prompting/world.json", "resources/looks/1-flat.json"} <= carried
    assert not [name for name in names if name.startswith(("tests/", "docs/", "installers/"))]


def test_it_generates_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [installed, "-c", "import sora_studio; print(sora_studio.__file__)"],
        cwd=tmp_path,
        env=AWAY,
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
    run = subprocess.run(command, cwd=tmp_path, env=AWAY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    done = json.loads(run.stdout.splitlines()[-1])
    assert done["event"] == "done"
    assert out.stat().st_size > 1000
    command = [installed.with_name("sora-studio"), "upscale", out, "-o", tmp_path / "large.mp4", "--json"]
    run = subprocess.run(command, cwd=tmp_path, env=AWAY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    width, height = done["size"]
    assert json.loads(run.stdout.splitlines()[-1])["size"] == [2 * width, 2 * height]


def test_its_window_opens_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "from sora_studio.ui.theme import apply, icon\nfrom PySide6.QtWidgets import QApplication\n"
    code += "app = QApplication([]); apply(app); print(app.font().family(), icon('play').isNull())"
    code += "\nfrom sora_studio.core import language; language.use('zh_TW'); print(ascii(language.tr('Undo')))"
    env = {**AWAY, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run([installed, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    font, words = run.stdout.splitlines()
    assert font == "Inter False"
    assert words == ascii("復原")
