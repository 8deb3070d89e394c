"""The language of everything the artist reads: `tr("…")` here, in the session and in the window.

English sentences are the keys; `resources/languages/CODE.mo` (gettext, from the `.po` beside it) holds the others. The
choice is made once, before the first window: it is kept in an environment variable, so that the worker speaks it too.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterable, Sequence
from functools import cache

from sora_studio.core.resources import shipped

VARIABLE = "SORA_STUDIO_LANGUAGE"
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh_TW": "繁體中文"}
"""The languages that are shipped, each named in itself."""


def use(code: str) -> None:
    """Speak a language from now on, here and in processes started later; what is not shipped becomes English."""
    os.environ[VARIABLE] = code if code in LANGUAGES else ENGLISH


def language() -> str:
    """The code of the language in use."""
    code = os.environ.get(VARIABLE, ENGLISH)
    return code if code in LANGUAGES else ENGLISH


def tr(text: str, /, **values: object) -> str:
    """`text` in the artist's language, its {placeholders} filled with `values`."""
    found = _catalogue(language()).gettext(text) if text else ""
    return found.format(**values) if values else found


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """`one` or `many` for a `count`, in the artist's language; {count} is filled in."""
    return _catalogue(language()).ngettext(one, many, count).format(count=count, **values)


def listed(parts: Sequence[str]) -> str:
    """Words one after the other, in the artist's language: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return tr("{some} and {last}", some=tr(", ").join(parts[:-1]), last=parts[-1])


def mark(text: str) -> str:
    """`text` as it is, listed for translators: for constants that are shown through `tr` later."""
    return text


def best(wanted: Iterable[str]) -> str:
    """The shipped language that fits a list of wishes such as "zh-Hant-TW" or "de_DE" best, in order; else English."""
    for wish in wanted:
        parts = wish.replace("_", "-").split(".")[0].lower().split("-")
        if parts[0] == "zh" and {"hant", "tw", "hk", "mo"} & set(parts):
            return "zh_TW"
        if parts[0] in LANGUAGES:
            return parts[0]
    return ENGLISH


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    path = None if code == ENGLISH else shipped("languages", f"{code}.mo")
    if path is None:
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)
