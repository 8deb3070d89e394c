"""The set-up: choices that depend on the machine, and a broken environment that is found and mended."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "installers" / "bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["bootstrap"] = module
    spec.loader.exec_module(module)
    return module


bootstrap = load()


@pytest.mark.parametrize(
    ("kind", "system", "folder"),
    [
        ("cpu", "linux", "cpu"),
        ("amd", "linux", "rocm7.0"),
        ("nvidia", "win32", "cu130"),
        ("nvidia", "linux", None),
        ("apple", "darwin", None),
        ("cpu", "darwin", None),
        ("cpu", "win32", None),
    ],
)
def test_the_torch_build_follows_the_hardware(kind: str, system: str, folder: str | None) -> None:
    index = bootstrap.torch_index(kind, system)
    assert index == (folder and f"https://download.pytorch.org/whl/{folder}")


def test_an_index_that_does_not_answer_is_left_out() -> None:
    assert not bootstrap.reachable("http://127.0.0.1:9")


def pins() -> dict[str, str]:
    lines = [line for line in bootstrap.CONSTRAINTS.read_text().splitlines() if "==" in line]
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(text) for text in [*project["dependencies"], *(text for extra in extras for text in extra)]]


@pytest.mark.parametrize("wanted", declared(), ids=str)
def test_every_dependency_is_pinned_at_a_version_that_fits(wanted: Requirement) -> None:
    pinned = pins()[canonicalize_name(wanted.name)]
    if wanted.marker is None or wanted.marker.evaluate():
        assert pinned in wanted.specifier


def test_what_the_dependencies_need_here_is_pinned_too() -> None:
    todo, seen = [canonicalize_name(wanted.name) for wanted in declared()], set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            needs = [Requirement(text) for text in importlib.metadata.requires(name) or ()]
        except importlib.metadata.PackageNotFoundError:  # of an extra that is not installed
            continue
        here = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
        todo += [canonicalize_name(need.name) for need in here]
    # A build of torch for graphics cards brings libraries of its own, in the versions that it wants.
    seen = {name for name in seen if not name.startswith(("nvidia-", "cuda-", "triton"))}
    assert not seen - set(pins())


def test_the_fingerprint_follows_extras_and_hardware() -> None:
    prints = {bootstrap.wanted(extras, kind) for extras in ("", "test") for kind in ("cpu", "nvidia")}
    assert len(prints) == 4


def test_missing_and_cut_files_are_found(tmp_path: Path) -> None:
    env = bootstrap.Environment(tmp_path / "env")
    assert not env.python.exists()
    venv.EnvBuilder(with_pip=False, symlinks=True).create(env.folder)
    run = [str(env.python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip())
    (site / "toy.py").write_text("x = 1\n")
    (site / "toy-1.0.dist-info").mkdir()
    (site / "toy-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (site / "toy-1.0.dist-info" / "RECORD").write_text("toy.py,,6\ntoy-1.0.dist-info/METADATA,,\n")
    assert bootstrap.damaged(env) == []
    (site / "toy.py").write_text("x")
    assert bootstrap.damaged(env) == ["toy==1.0"]
    (site / "toy.py").unlink()
    assert bootstrap.damaged(env) == ["toy==1.0"]
    env.python.unlink()
    env.python.write_text("#!/bin/false\n")
    env.python.chmod(0o755)
    assert bootstrap.damaged(env) is None


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(SystemExit) as stop:
        bootstrap.main(["dance"])
    assert stop.value.code == 2
