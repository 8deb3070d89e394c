"""What the documents point at is there: every linked file, and every function they name in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
NAMED = re.compile(r"^`([^`]+)`, `([^`]+)`$")
"""A link to code is written [`file.py`, `name`](path) or [`file.py`, `Class.method`](path)."""


def links(document: Path) -> list[tuple[str, str]]:
    """Words and target of every link inside the repository."""
    found = LINK.findall(document.read_text(encoding="utf-8"))
    return [(words, target) for words, target in found if not re.match(r"[a-z]+:", target)]


def names(path: Path) -> set[str]:
    """Functions, classes, methods and constants of a module."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef():
                inner = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
                found |= {node.name, *(f"{node.name}.{part.name}" for part in inner)}
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found.add(node.name)
            case ast.Assign():
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return found


def heading_anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    found = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for words, target in links(document):
        place, _, anchor = target.partition("#")
        path = (document.parent / place).resolve() if place else document
        assert path.exists(), f"{document.name}: “{words}” leads to {target}, which is not there"
        assert not anchor or anchor in heading_anchors(path), f"{document.name}: there is no heading for {target}"


def test_every_function_that_the_lecture_names_is_where_it_says() -> None:
    document = ROOT / "docs" / "how-it-works.md"
    named = [(NAMED.match(words), target) for words, target in links(document) if target.endswith(".py")]
    assert len(named) > 60
    for match, target in named:
        assert match is not None, f"the link to {target} names no function"
        file, name = match.groups()
        path = (document.parent / target).resolve()
        assert path.name == file
        assert name in names(path), f"there is no {name} in {target}"


def test_every_part_of_the_lecture_shows_its_code() -> None:
    text = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    parts = re.split(r"^###? ", text, flags=re.MULTILINE)[1:]
    alone = {"Further reading", "3. Diffusion: noise and the way back", "4. How it learns", "5. Training data"}
    for part in parts:
        title = part.split("\n", 1)[0]
        assert title in alone or "*In the code:*" in part, f"“{title}” shows no code"
