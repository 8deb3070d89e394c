"""Guards of taste: layer contracts, budgets, docstrings, names, no mocks, no torch when the window opens."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sora_studio"
SOURCES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES, MODEL_FILE_LINES, FUNCTION_LINES, CLASS_LINES = 400, 600, 60, 250
BANNED_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "types"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 20


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_file_keeps_the_budgets(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    limit = MODEL_FILE_LINES if PACKAGE / "model" in path.parents else FILE_LINES
    over = [f"{relative(path)} has {lines} lines"] if (lines := len(text.splitlines())) > limit else []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            allowed = FUNCTION_LINES
        elif isinstance(node, ast.ClassDef):
            allowed = CLASS_LINES
        else:
            continue
        size = (node.end_lineno or node.lineno) - node.lineno + 1
        if size > allowed:
            over.append(f"{node.name} has {size} lines, {allowed} are allowed")
    assert not over
    assert ast.get_docstring(tree), "a module needs a docstring"
    assert path.stem not in BANNED_NAMES


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=relative)
def test_tests_use_no_mock_library(path: Path) -> None:
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert not {name for name in imported if name.split(".")[0] in ("mock", "pytest_mock") or name == "unittest.mock"}


def test_layer_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    "module",
    [
        "sora_studio.app",
        "sora_studio.cli",
        "sora_studio.session.session",
        "sora_studio.engines",
        "sora_studio.jobs.queue",
        "sora_studio.jobs.downloads",
    ],
)
def test_importing_the_program_does_not_import_torch(module: str) -> None:
    heavy = {"torch", "diffusers", "transformers", "huggingface_hub", "keyring"}
    code = f"import sys, {module}; print(sorted({heavy} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "[]", run.stdout + run.stderr
