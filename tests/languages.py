"""The texts of the program for translators: python tests/languages.py brings every catalogue up to date.

Reads the sources as Python does: the texts of `tr`, `trn` and `mark`, and the words of the declarations that are shown
through `tr` (`Entry`, `Command`, `About`). Adds what is new to `resources/languages/*.po`, takes out what is gone, and
writes the `.mo` that the program reads.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "languages"

CALLS = {
    "tr": (0,),
    "trn": (0, 1),
    "mark": (0,),
    "Entry": (1,),
    "Command": (1,),
    "About": (0, 1),
    "label": (0,),
    "push_button": (1,),
    "tool_button": (2,),
    "seconds_box": (1,),
    "Card": (0,),
    "Fold": (0,),
    "Segments": (1, 2),
    "SliderRow": (1,),
    "Column": (1,),
    "Preset": (0, 3),
    "_edit": (0,),  # what undo calls an edit
    "_together": (0,),
    "__init__": (0,),  # a Card or Fold that is a class of its own
}
"""Which arguments of a call are texts: those of the translation, of declarations, and of `ui/panels/controls.py`."""
WORDS = {"needs", "tip", "title"}
"""Named arguments of declarations that are texts; their `text` too."""

_ICONS = {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}

Text = str | tuple[str, str]


def texts() -> dict[Text, list[str]]:
    """Every text of the program (a pair where there is a plural), with the files it stands in."""
    found: dict[Text, list[str]] = {}
    for path in sorted((ROOT / "sora_studio").rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for text in texts_of(ast.parse(path.read_text(encoding="utf-8"))):
            places = found.setdefault(text, [])
            if where not in places:
                places.append(where)
    for path in sorted((ROOT / "resources" / "looks").glob("*.json")):
        found.setdefault(json.loads(path.read_text(encoding="utf-8"))["title"], []).append(
            path.relative_to(ROOT).as_posix()
        )
    return found


def texts_of(tree: ast.AST) -> Iterator[Text]:
    """The texts of one file."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in CALLS:
            continue
        parts = [node.args[index] for index in CALLS[name] if index < len(node.args)]
        if name in ("Entry", "Command", "About"):
            parts += [word.value for word in node.keywords if word.arg in WORDS | {"text"}]
        parts += [row.elts[0] for part in parts if isinstance(part, ast.List) for row in part.elts if _is_row(row)]
        said = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if name == "trn" and len(said) == 2:
            yield said[0], said[1]
        elif name != "trn":
            yield from (text for text in said if text and not _is_name(name, text))


def _is_row(node: ast.expr) -> TypeGuard[ast.Tuple]:
    """Whether a choice of `Segments` is written out."""
    return isinstance(node, ast.Tuple) and bool(node.elts)


def _is_name(call: str, text: str) -> bool:
    """Whether a string names an icon or a widget for code."""
    return (call not in ("tr", "mark") and text in _ICONS) or (call == "__init__" and not text[0].isupper())


def catalogues() -> list[Path]:
    """The shipped languages' sources."""
    return sorted(FOLDER.glob("*.po"))


def read(path: Path) -> Catalog:
    """A catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def update(path: Path) -> list[Text]:
    """Bring a catalogue and its compiled form up to date; returns what has no translation yet."""
    before = read(path)
    after = Catalog(locale=path.stem, project="Sora Studio", charset="utf-8", header_comment=f"# {path.stem}")
    for text, places in texts().items():
        old = before.get(text if isinstance(text, str) else text[0])
        string = old.string if old is not None else ""
        after.add(text, string, locations=[(place, None) for place in places], flags=old.flags if old else ())
    with path.open("wb") as file:
        write_po(file, after, sort_output=True, include_lineno=False, omit_header=True, width=120)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, after)
    return [message.id for message in after if message.id and not _whole(message.string)]


def _whole(string: str | tuple[str, ...]) -> bool:
    return bool(string) if isinstance(string, str) else all(string)


def main() -> int:
    """Update all; 1 when something is left to translate."""
    left = {path.stem: update(path) for path in catalogues()}
    for code, missing in left.items():
        print(f"{code}: {len(missing)} to translate")
        for text in missing:
            print(f"  {text!r}")
    return int(any(left.values()))


if __name__ == "__main__":
    sys.exit(main())
