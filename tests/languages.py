"""The texts of the program for translators: python tests/languages.py brings every catalogue up to date.

Reads the sources as Python does: the texts of `tr`, `trn` and `mark`, and the words of the declarations that are shown
through `tr` (`Entry`, `Command`, `About`). Adds what is new to `resources/languages/*.po`, takes out what is gone, and
writes the `.mo` that the program reads.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from sora_studio.core import errors
from sora_studio.weights.catalogue import open_models

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
    "edit": (0,),
    "_board": (0,),
    "Spot": (0,),
    "_label": (0,),  # the first word of what a job is called
    "_repeated": (1,),
    "_take_spot": (1,),
    "_named": (1,),
    "_counted": (0, 1),
    "__init__": (0,),  # a Card or Fold that is a class of its own
}
"""Which arguments of a call are texts: those of the translation, of declarations, and of `ui/panels/controls.py`."""
SILENT = ("cli", "training", "model")
"""What the window never quotes: the command line, the training, and the network, whose errors are a developer's."""
ERRORS = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.StudioError)
) | {"ProtocolError"}
"""Errors translate the text they are raised with."""
CALLS |= dict.fromkeys(ERRORS, (0,))
WORDS = {"needs", "tip", "title"}
"""Named arguments of declarations that are texts; their `text` too."""

_ICONS = {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}

Text = str | tuple[str, str]


def sources() -> list[Path]:
    """The files whose texts an artist may read in the window; the others speak English."""
    package = ROOT / "sora_studio"
    return sorted(path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in SILENT)


def texts() -> dict[Text, list[str]]:
    """Every text of the program (a pair where there is a plural), with the files it stands in."""
    found: dict[Text, list[str]] = {}
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for text in texts_of(ast.parse(path.read_text(encoding="utf-8"))):
            places = found.setdefault(text, [])
            if where not in places:
                places.append(where)
    for path in sorted((ROOT / "resources" / "looks").glob("*.json")):
        found.setdefault(json.loads(path.read_text(encoding="utf-8"))["title"], []).append(
            path.relative_to(ROOT).as_posix()
        )
    for model in open_models():
        for text in (model.title, model.licence.words):
            found.setdefault(text, ["resources/models/catalogue.toml"])
    return found


def texts_of(tree: ast.AST) -> Iterator[Text]:
    """The texts of one file."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        if name not in CALLS:
            continue
        parts = [part for index in CALLS[name] if index < len(node.args) for part in _branches(node.args[index])]
        if name in ("Entry", "Command", "About"):
            parts += [word.value for word in node.keywords if word.arg in WORDS | {"text"}]
        parts += [row.elts[0] for part in parts if isinstance(part, ast.List) for row in part.elts if _is_row(row)]
        said = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if name == "trn" and len(said) == 2:
            yield said[0], said[1]
        elif name != "trn":
            yield from (text for text in said if text and not _is_name(name, text))


SHOWN = {"Notice": (1,), "Accept": (1, 2), "Refuse": (0,), "Lost": (0,), "Failed": (0,), "Unable": (1,)}
"""Arguments that an artist reads as they are, so they must have been through the translation before."""
_SENTENCE = re.compile(r"[A-Z“{].*[a-z]{2,}.* .*[a-z]{2,}.*[.!?]", re.DOTALL)


def untold(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Words for people that no catalogue can hold: sentences outside of any translation, and f-strings within one."""
    said = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Call) for part in _translated(node)}
    said |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    said |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in _developers(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _put_together(node)
        if isinstance(node, ast.JoinedStr) and id(node) not in said:
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            said |= {id(part) for part in node.values}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            text = node.value
        else:
            continue
        if _SENTENCE.fullmatch(text):
            yield node.lineno, text


def _put_together(call: ast.Call) -> Iterator[tuple[int, str]]:
    """Arguments for an artist's eyes that were made of pieces, or are shown as they stand."""
    name = _called(call)
    told = ERRORS | {"tr", "trn", "mark"}
    places = SHOWN.get(name, CALLS[name] if name in told else ())
    for part in (part for index in places if index < len(call.args) for part in _branches(call.args[index])):
        plain = name in SHOWN and isinstance(part, ast.Constant) and part.value
        if plain or isinstance(part, ast.JoinedStr | ast.BinOp):
            yield part.lineno, ast.unparse(part)


def _developers(node: ast.Raise) -> Iterator[ast.AST]:
    """What an error says that is none of ours: a mistake in the program."""
    if isinstance(node.exc, ast.Call) and _called(node.exc) not in ERRORS:
        yield from ast.walk(node.exc)


def _translated(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that are in the catalogue; an f-string never is."""
    parts = [call.args[index] for index in CALLS.get(_called(call), ()) if index < len(call.args)]
    parts += [word.value for word in call.keywords if word.arg in WORDS | {"text"}]
    return [part for argument in parts for part in _branches(argument) if isinstance(part, ast.Constant)]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _branches(node: ast.expr) -> list[ast.expr]:
    """Both sides of a choice, one under the other."""
    return [*_branches(node.body), *_branches(node.orelse)] if isinstance(node, ast.IfExp) else [node]


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
