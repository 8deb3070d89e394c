"""Guards of taste: layer contracts, budgets, docstrings, names, no mocks, no torch when the window opens."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sora_studio"
SOURCES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES, MODEL_FILE_LINES, FUNCTION_LINES, CLASS_LINES = 400, 600, 60, 250
BANNED_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "types"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 20


def trees(paths: Iterable[Path]) -> Iterator[tuple[str, str, ast.Module]]:
    """Name, text and syntax tree of each file."""
    for path in paths:
        text = path.read_text(encoding="utf-8")
        yield relative(path), text, ast.parse(text)


def test_every_file_keeps_the_budgets() -> None:
    over = []
    for name, text, tree in trees(SOURCES):
        limit = MODEL_FILE_LINES if name.startswith("sora_studio/model/") else FILE_LINES
        if (lines := len(text.splitlines())) > limit:
            over.append(f"{name} has {lines} lines, {limit} are allowed")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                allowed = FUNCTION_LINES
            elif isinstance(node, ast.ClassDef):
                allowed = CLASS_LINES
            else:
                continue
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > allowed:
                over.append(f"{node.name} in {name} has {size} lines, {allowed} are allowed")
        if not ast.get_docstring(tree):
            over.append(f"{name} needs a docstring")
    assert over == []


def test_no_module_is_called_by_what_says_nothing() -> None:
    assert [relative(path) for path in SOURCES if path.stem in BANNED_NAMES] == []


def test_tests_use_no_mock_library() -> None:
    found = {
        f"{file}: {name}"
        for file, _, tree in trees(sorted((ROOT / "tests").rglob("*.py")))
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if name.split(".")[0] in ("mock", "pytest_mock") or name == "unittest.mock"
    }
    assert found == set()


def test_layer_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


WITHOUT_TORCH = (
    "sora_studio.app",
    "sora_studio.cli",
    "sora_studio.session.session",
    "sora_studio.engines",
    "sora_studio.jobs.queue",
    "sora_studio.jobs.downloads",
)


def test_importing_the_program_does_not_import_torch() -> None:
    heavy = {"torch", "diffusers", "transformers", "huggingface_hub", "keyring"}
    code = "\n".join(
        [
            "import sys, importlib",
            f"for name in {WITHOUT_TORCH}:",
            "    importlib.import_module(name)",
            f"    found = sorted({heavy} & sys.modules.keys())",
            "    assert not found, f'{name} imports {found}'",
        ]
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
