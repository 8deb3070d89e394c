"""Names of files that every system can hold."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path

LONGEST = 255
"""Bytes of a name on the file systems in use; where letters are counted they are fewer."""
_ROOM = 40
"""Bytes that stay free for an ending, a number and the mark of a file that is being written."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_KEPT_BY_WINDOWS = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)


def portable(words: str, otherwise: str) -> str:
    """Words as a file's name, without an ending: nothing in it is forbidden, kept for devices or dropped by any system,
    and an ending has room. `otherwise` where nothing is left."""
    plain = unicodedata.normalize("NFC", words).encode("utf-8", "ignore").decode("utf-8")
    name = _FORBIDDEN.sub("-", " ".join(plain.split())).strip(" .-")
    if _KEPT_BY_WINDOWS.fullmatch(name):
        stem, dot, rest = name.partition(".")
        name = f"{stem.rstrip()}_{dot}{rest}"
    cut = name.encode()[: LONGEST - _ROOM].decode("utf-8", "ignore")
    return cut.rstrip(" .-") or otherwise


def part_of(path: Path) -> Path:
    """Where a file grows until it is complete: hidden, in the same folder, with the same ending, however long its name
    is."""
    name = f".{path.stem}.part{path.suffix}"
    if len(os.fsencode(name)) > LONGEST - 5:  # an ending may be put behind it
        name = f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.part{path.suffix[-16:]}"
    return path.with_name(name)
