"""A report to send on when something went wrong: findings, settings that were changed and the newest log lines, without
what is private.

Private are the artist's name, the machine's name, places of files, addresses, keys, and the words that sentences quote:
prompts and names of clips, projects and files.
"""

from __future__ import annotations

import getpass
import re
import socket
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from sora_studio.session.findings import Finding
from sora_studio.session.prompt_book import PromptBook
from sora_studio.settings.fields import described
from sora_studio.settings.logs import newest_lines
from sora_studio.settings.sections import Settings

LINES = 400
"""Log lines in a report, and as many of the file of crashes."""
_PROGRAM = Path(__file__).resolve().parents[2]
_SECRETS = (
    (re.compile(r"(?i)\bbearer\s+\S+"), "<key>"),
    (re.compile(r"\b(?:hf_|sk-|gh[pousr]_|AKIA)[\w-]{8,}"), "<key>"),
    (
        re.compile(r"(?i)\b([\w-]*(?:token|password|passwd|secret|api[_-]?key))(['\"]?\s*[=:]\s*['\"]?)[^\s'\",;]+"),
        r"\1\2<key>",
    ),
    (re.compile(r"(\w+://)[^\s/@]+@"), r"\1<key>@"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<address>"),
)
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|\[(?P<mark>['\"]).*?(?P=mark)\]")
"""What a sentence quotes, and lists of words that libraries print when a prompt is too long."""
_PATH = re.compile(r"(?<![\w<>~./:\\])(?:[A-Za-z]:[\\/]|\\\\|/)[^\s\"'“”,;:)][^\n\"'“”,;:)]*")
"""A path that belongs neither to the program nor to Python: its names may tell whom somebody works for."""


def make_report(found: Iterable[Finding], settings: Settings, *, words: bool = False) -> str:
    """The report as text. With `words` prompts and names stay in it, since they may be what it is about."""
    parts = [
        "Sora Studio: report",
        *(f"{'' if one.fine else '! '}{one.name}: {one.value}" for one in found),
        "",
        "Settings that were changed",
        *(_changed(settings) or ["none"]),
        "",
        "Newest log lines",
        *(newest_lines(LINES) or ["none"]),
    ]
    return without_private("\n".join(parts), PromptBook().prompts, words=words) + "\n"


def without_private(text: str, prompts: Sequence[str] = (), *, words: bool = False) -> str:
    """A text without what is private; `prompts` are known ones that may stand in it. With `words` they stay, and what
    sentences quote; names of people and machines, places and keys go in any case."""
    for prompt in () if words else sorted(prompts, key=len, reverse=True):
        if len(prompt.strip()) > 3:
            text = re.sub(re.escape(prompt.strip()), "<prompt>", text, flags=re.IGNORECASE)
    for place, name in ((_PROGRAM, "<program>"), (Path(sys.prefix), "<python>"), (Path(sys.base_prefix), "<python>")):
        for one in _spellings(place):
            text = re.sub(re.escape(one) + r"(?=[\\/\s\"'“”,;:)]|$)", name, text, flags=re.MULTILINE)
    for one in _spellings(Path.home()):
        text = re.sub(re.escape(one) + r"(?![\w.-])" + r"[^\n\"“”',;:)]*", "~/…", text)
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    text = _PATH.sub("<path>", text)
    if not words:
        text = _QUOTED.sub("“…”", text)
    for name, instead in ((_user(), "<user>"), (socket.gethostname(), "<machine>")):
        if len(name) > 2:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", instead, text)
    return text


def _spellings(place: Path) -> tuple[str, ...]:
    """A path as programs write it, the longest first; none for a root."""
    found = {str(place), place.as_posix(), str(place.resolve())}
    return tuple(sorted((one for one in found if len(one) > 3), key=len, reverse=True))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system without names
        return ""


def _changed(settings: Settings) -> list[str]:
    """Settings that differ from the defaults; of free text only that it does, since it names places and models."""
    lines = []
    for section in fields(settings):
        mine, default = getattr(settings, section.name), getattr(Settings(), section.name)
        for entry, about in described(mine):
            value = getattr(mine, entry.name)
            if value != getattr(default, entry.name):
                told = value if about.choices or isinstance(value, bool | int | float) else "changed"
                lines.append(f"{section.name}.{entry.name}: {told}")
    return lines
