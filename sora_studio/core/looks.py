"""Looks: named styles. Words around the prompt, what to avoid, LoRA files, a reference picture; shared as JSON files.

One file holds one look with its pictures inside, so that it can be sent as it is. Version 1 had name, title, template
and the file name of a thumbnail; it is still read.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.request import Lora
from sora_studio.core.resources import resource

FORMAT = "sora-studio/look"
VERSION = 2
PLACE = "{prompt}"
LONGEST_TITLE, LONGEST_WORDS = 60, 2000
"""Characters."""
MAX_FILE, MAX_PICTURE = 8_000_000, 3_000_000
"""Bytes of a look file, and of one picture in it."""
MOST_LORAS = 8
STRONGEST = 4.0
"""The largest weight of a LoRA, either way."""
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Look:
    """A style. `template` holds {prompt} where the artist's words go; `keep` (0..1) is how much of a clip stays when it
    is restyled; `picture` and `reference` are the bytes of a PNG, JPEG or WebP: the card's picture, and one whose
    colours and light the clip takes on."""

    name: str
    title: str
    template: str
    thumbnail: str = ""
    """The file of a shipped look's picture."""
    negative: str = ""
    keep: float = 0.6
    loras: tuple[Lora, ...] = ()
    picture: bytes = b""
    reference: bytes = b""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise BadInput("“{name}” cannot name a look. Use small letters, digits and hyphens.", name=self.name[:40])
        if not 0 < len(self.title.strip()) <= LONGEST_TITLE:
            raise BadInput("A look needs a title of at most {most} characters.", most=LONGEST_TITLE)
        if PLACE not in self.template:
            raise BadInput(
                "The template of the look “{title}” needs {place} where the words go.", title=self.title, place=PLACE
            )
        if max(len(self.template), len(self.negative)) > LONGEST_WORDS:
            raise BadInput(
                "The words of the look “{title}” are longer than {most} characters.",
                title=self.title,
                most=LONGEST_WORDS,
            )
        if not 0.0 <= self.keep <= 1.0:
            raise BadInput(
                "How much the look “{title}” keeps lies between 0 and 1, not {keep:g}.",
                title=self.title,
                keep=self.keep,
            )
        if len(self.loras) > MOST_LORAS:
            raise BadInput("The look “{title}” has more than {most} LoRA files.", title=self.title, most=MOST_LORAS)
        for lora in self.loras:
            if not abs(lora.weight) <= STRONGEST:
                raise BadInput("The weight of a LoRA lies between -{most:g} and {most:g}.", most=STRONGEST)

    def apply(self, prompt: str) -> str:
        """The prompt told in this look."""
        return self.template.replace(PLACE, prompt.strip()).strip(" ,.")


def to_text(look: Look) -> str:
    """A look as the text of its file."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "name": look.name,
        "title": look.title,
        "template": look.template,
        "negative": look.negative,
        "keep": look.keep,
        "loras": [{"path": lora.path, "weight": lora.weight} for lora in look.loras],
        "thumbnail": look.thumbnail,
        "picture": base64.b64encode(look.picture).decode(),
        "reference": base64.b64encode(look.reference).decode(),
    }
    return json.dumps(
        {key: value for key, value in data.items() if value not in ("", [])}, ensure_ascii=False, indent=1
    )


def from_text(text: str, file: str = "") -> Look:
    """The look of a file's text; raises BadInput with a sentence that names the `file` for anything else."""
    file = file or tr("This file")
    if len(text) > MAX_FILE:
        raise BadInput(
            "“{file}” is too large for a look ({size} MB). Make its pictures smaller.",
            file=file,
            size=len(text) // 1000000,
        )
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise BadInput("“{file}” is not a look: it is no JSON. Export the look again.", file=file) from exc
    if not isinstance(data, dict) or data.get("format", FORMAT) != FORMAT:
        raise BadInput("“{file}” is JSON, but not a look of Sora Studio.", file=file)
    version = data.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise BadInput("“{file}” is not a look: its version is no number. Export the look again.", file=file)
    if version > VERSION:
        raise BadInput(
            "“{file}” was made by a newer Sora Studio (version {version} of looks). Update the program.",
            file=file,
            version=version,
        )
    return _look(_Fields(data, file))


def load_look(path: Path) -> Look:
    """Read one look file; raises BadInput when it is not one."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise BadInput("“{name}” is too large for a look. Make its pictures smaller.", name=path.name)
        text = path.read_text(encoding="utf-8")
    except OSError as exc:
        raise BadInput(
            "“{name}” cannot be read ({why}). Copy it to another place.", name=path.name, why=exc.strerror
        ) from exc
    except ValueError as exc:
        raise BadInput("“{name}” is not a look: it is no text. Export the look again.", name=path.name) from exc
    return from_text(text, path.name)


@cache
def shipped_looks() -> tuple[Look, ...]:
    """The looks that come with the studio, in the order of their file names; read once."""
    return tuple(load_look(path) for path in sorted(resource("looks").glob("*.json")))


def find_look(name: str, looks: Iterable[Look] | None = None) -> Look:
    """The look of that name or title (among the shipped ones without `looks`); raises BadInput that lists the names."""
    known = tuple(looks) if looks is not None else shipped_looks()
    for look in known:
        if name.strip().lower() in (look.name.lower(), look.title.lower()):
            return look
    raise BadInput(
        "There is no look called “{name}”. Choose one of: {known}.",
        name=name,
        known=", ".join(look.name for look in known),
    )


def name_for(title: str, taken: Iterable[str] = ()) -> str:
    """A name made of a title, that is not among those `taken`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:56].strip("-") or "look"
    known, name, count = set(taken), base, 1
    while name in known:
        count += 1
        name = f"{base}-{count}"
    return name


@dataclass(frozen=True, slots=True)
class _Fields:
    """The entries of a file with their kinds checked."""

    data: dict[str, Any]
    file: str

    def words(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if value is None:
            raise BadInput(
                "“{file}” is not a whole look: it has no {key}. It needs title and template.", file=self.file, key=key
            )
        if not isinstance(value, str) or not _writable(value):
            raise BadInput("“{file}” is not a look: its {key} is no text.", file=self.file, key=key)
        return value

    def number(self, key: str, default: float) -> float:
        return self.checked(self.data.get(key, default), key)

    def checked(self, value: Any, key: str) -> float:
        good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1000
        if not good:
            raise BadInput("“{file}” is not a look: its {key} is no number that makes sense.", file=self.file, key=key)
        return float(value)

    def picture(self, key: str) -> bytes:
        text = self.words(key, "")
        try:
            made = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise BadInput(
                "“{file}” is damaged: its {key} is no picture. Export the look again.", file=self.file, key=key
            ) from exc
        if made and (len(made) > MAX_PICTURE or not made.startswith(_PICTURES)):
            raise BadInput(
                "“{file}” holds a {key} that is no PNG, JPEG or WebP of at most 3 MB.", file=self.file, key=key
            )
        return made

    def loras(self) -> tuple[Lora, ...]:
        entries = self.data.get("loras", [])
        if not isinstance(entries, list) or len(entries) > MOST_LORAS:
            raise BadInput(
                "“{file}” is not a look: its loras are no list of at most {most}.", file=self.file, most=MOST_LORAS
            )
        found = []
        for entry in entries:
            path = entry.get("path") if isinstance(entry, dict) else None
            if not isinstance(path, str) or not path or not _writable(path):
                raise BadInput("“{file}” is not a look: one of its loras has no path.", file=self.file)
            found.append(Lora(path, self.checked(entry.get("weight", 1.0), "weight")))
        return tuple(found)


def _look(fields: _Fields) -> Look:
    named = fields.data.get("name")
    title = fields.words("title", named if isinstance(named, str) else None)
    name = fields.words("name", "")
    try:
        return Look(
            name=name if _NAME.fullmatch(name) else name_for(name or title),
            title=title.strip(),
            template=fields.words("template"),
            thumbnail=fields.words("thumbnail", ""),
            negative=fields.words("negative", ""),
            keep=fields.number("keep", 0.6),
            loras=fields.loras(),
            picture=fields.picture("picture"),
            reference=fields.picture("reference"),
        )
    except BadInput as exc:
        if fields.file in str(exc):
            raise
        raise BadInput("“{file}” cannot be used. {why}", file=fields.file, why=exc) from exc


def _writable(text: str) -> bool:
    """JSON may spell halves of characters, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
