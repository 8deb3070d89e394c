"""The catalogue of open models: a TOML file that ships with the studio, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from sora_studio.core.errors import BadInput
from sora_studio.core.forecast import Part
from sora_studio.core.open_model import READ_AS_DATA, Commercial, Does, Known, Layout, Licence, Need, OpenModel
from sora_studio.core.resources import resource

REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.))*")
"""Author and name, as the hub writes them; never a path that leads elsewhere."""
GB = 1_000_000_000
ALLOWED = {"repo", "title", "family", "pipeline", "does", "parameters", "experts", "download_gb", "needs", "licence",
           "gated", "files", "kind", "parts", "hints"}  # fmt: skip
"""What an entry may say."""

T = TypeVar("T")
Table = Mapping[str, Any]


@cache
def weighed_networks() -> Mapping[str, Part]:
    """What the networks of the shipped catalogue weigh, by names that its entries use."""
    data = tomllib.loads(resource("models", "networks.toml").read_text(encoding="utf-8"))
    return {name: Part(name, **numbers) for name, numbers in data.items()}


@cache
def open_models() -> tuple[OpenModel, ...]:
    """The models of the shipped catalogue, in its order."""
    return read_catalogue(resource("models", "catalogue.toml"))


def open_model(repo: str) -> OpenModel:
    """A model by its repository, or by its name alone; capitals do not matter. Raises BadInput for any other."""
    wanted = repo.casefold()
    found = [one for one in open_models() if wanted in (one.repo.casefold(), one.repo.split("/")[1].casefold())]
    if not found:
        raise BadInput(
            "There is no model called “{name}” in the catalogue. `sora-studio models list` shows them all.", name=repo
        )
    return found[0]


def read_catalogue(path: Path) -> tuple[OpenModel, ...]:
    """The models of a catalogue file. Raises BadInput saying which entry is wrong and how."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise BadInput("The catalogue of models “{name}” cannot be read ({why}).", name=path.name, why=exc) from exc
    try:
        files = _patterns(_table(data, "patterns"), "files")
        licences = {key: _licence(_table(_table(data, "licences"), key)) for key in _table(data, "licences")}
    except _Wrong as exc:
        raise BadInput("The catalogue of models “{name}” is wrong: {why}.", name=path.name, why=exc) from exc
    networks = weighed_networks()
    models: dict[str, OpenModel] = {}
    for number, entry in enumerate(_listed(data, "models", path), 1):
        try:
            model = _model(entry, licences, files, networks)
            if model.repo.casefold() in models:
                raise _Wrong("it is listed twice")
        except _Wrong as exc:
            raise BadInput(
                "Entry {number} of the catalogue of models “{name}” is wrong: {why}.",
                number=number,
                name=path.name,
                why=exc,
            ) from exc
        models[model.repo.casefold()] = model
    return tuple(models.values())


class _Wrong(Exception):
    """What is wrong with an entry, for whoever writes the file."""


def _listed(data: Table, key: str, path: Path) -> list[Any]:
    found = data.get(key, [])
    if not isinstance(found, list):
        raise BadInput("The catalogue of models “{name}” is wrong: {why}.", name=path.name, why=f"{key} is no list")
    return found


def _model(
    entry: object, licences: Mapping[str, Licence], files: tuple[str, ...], networks: Mapping[str, Part]
) -> OpenModel:
    if not isinstance(entry, dict):
        raise _Wrong("it is no table")
    if unknown := set(entry) - ALLOWED:
        raise _Wrong(f"nothing reads {sorted(unknown)[0]!r}")
    repo = _text(entry, "repo")
    if not REPO.fullmatch(repo):
        raise _Wrong(f"{repo!r} is no repository")
    licence = licences.get(_text(entry, "licence"))
    if licence is None:
        raise _Wrong(f"there is no licence {entry['licence']!r}")
    does = _each(entry, "does", str)
    if not does or len(set(does)) != len(does):
        raise _Wrong("what it does is empty or said twice")
    return OpenModel(
        repo,
        _text(entry, "title"),
        _text(entry, "family"),
        _text(entry, "pipeline"),
        tuple(cast(Does, _one_of(one, Does, "does")) for one in does),
        licence,
        _patterns(entry, "files") if "files" in entry else files,
        _count(entry, "parameters"),
        _count(entry, "experts") or 1,
        _bytes(entry["download_gb"], "download_gb") if "download_gb" in entry else None,
        tuple(_need(one) for one in _each(entry, "needs", dict)),
        cast(Known, _one_of(_text(entry, "gated"), Known, "gated")),
        _text(entry, "kind") if "kind" in entry else "",
        tuple(_part(name, of, networks) for name, of in _table(entry, "parts").items()) if "parts" in entry else (),
        _count(entry, "hints") or 0,
    )


def _part(name: str, of: object, networks: Mapping[str, Part]) -> Part:
    if not isinstance(of, str) or of not in networks:
        raise _Wrong(f"nothing is known of the network {of!r}")
    return replace(networks[of], name=name)


def _need(entry: Table) -> Need:
    layout = cast(Layout, _one_of(_text(entry, "layout"), Layout, "layout"))
    if unknown := set(entry) - {"layout", "card_gb", "at"}:
        raise _Wrong(f"nothing reads {sorted(unknown)[0]!r}")
    return Need(layout, _bytes(entry.get("card_gb"), "card_gb"), _text(entry, "at") if "at" in entry else "")


def _licence(entry: Table) -> Licence:
    url = _text(entry, "url")
    if not url.startswith("https://"):
        raise _Wrong(f"{url!r} is no address of a licence")
    commercial = cast(Commercial, _one_of(_text(entry, "commercial"), Commercial, "commercial"))
    return Licence(_text(entry, "name"), url, commercial, _text(entry, "words"))


def _patterns(entry: Table, key: str) -> tuple[str, ...]:
    """Patterns of files that are read as data."""
    patterns = tuple(_each(entry, key, str))
    for pattern in patterns:
        if not pattern.endswith(READ_AS_DATA) or pattern.startswith("/") or ".." in pattern or "\\" in pattern:
            raise _Wrong(f"{pattern!r} may match what is never fetched")
    if not patterns:
        raise _Wrong(f"{key} is empty")
    return patterns


def _table(data: Table, key: str) -> Table:
    found = data.get(key)
    if not isinstance(found, dict):
        raise _Wrong(f"{key} is no table")
    return found


def _text(entry: Table, key: str) -> str:
    found = entry.get(key)
    if not isinstance(found, str) or not found.strip() or not found.isprintable():
        raise _Wrong(f"{key} is no text")
    return found


def _each(entry: Table, key: str, kind: type[T]) -> list[T]:
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, kind) for one in found):
        raise _Wrong(f"{key} is no list of that kind")
    return found


def _one_of(value: str, choices: Any, key: str) -> str:
    if value not in get_args(choices):
        raise _Wrong(f"{key} cannot be {value!r}")
    return value


def _count(entry: Table, key: str) -> int | None:
    found = entry.get(key)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found < 10**15:
        raise _Wrong(f"{key} is no count")
    return found


def _bytes(value: object, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 100_000:
        raise _Wrong(f"{key} is no size in GB")
    return round(value * GB)
