"""Colour tokens. Greys around pictures are neutral, so that the eye judges the film and not the frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtGui import QColor


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


C = TypeVar("C", bound=_Cached)

Tokens = dict[str, str]
"""A colour as #rrggbb by the role it plays."""

DARK: Tokens = {
    "bg": "#101114",  # behind the panels, and inside fields
    "panel": "#18191d",
    "raised": "#212329",  # buttons, menus
    "raised2": "#2c2f37",  # hover
    "line": "#2b2e35",  # borders and rules
    "line2": "#3a3e48",  # borders of controls
    "surround": "#0a0b0d",  # around the picture
    "text": "#eceef2",
    "dim": "#a3a9b6",
    "faint": "#7d8492",
    "accent": "#857cff",
    "accent2": "#aaa4ff",  # lit accent: text and lines on dark
    "accent_fill": "#6458f0",  # behind white text, contrast above 4.5
    "accent_hover": "#7267f7",
    "accent_press": "#5449d6",
    "accent_soft": "#232142",  # tinted ground: ghosts, chosen cards
    "on_accent": "#ffffff",
    "ok": "#46cf93",
    "warn": "#f2b457",
    "err": "#f7706f",
    "err_soft": "#3a2023",
    "clip": "#31548f",
    "clip2": "#5b4796",
    "clip3": "#2c6a60",
    "playhead": "#ffffff",
}

LIGHT: Tokens = {
    "bg": "#ffffff",
    "panel": "#f5f6f8",
    "raised": "#eceef2",
    "raised2": "#dfe2e8",
    "line": "#d9dce3",
    "line2": "#bfc4ce",
    "surround": "#2a2b2f",
    "text": "#16181d",
    "dim": "#525967",
    "faint": "#646b79",
    "accent": "#6458f0",
    "accent2": "#5247d4",
    "accent_fill": "#6458f0",
    "accent_hover": "#7267f7",
    "accent_press": "#5449d6",
    "accent_soft": "#e7e5fd",
    "on_accent": "#ffffff",
    "ok": "#137a4b",
    "warn": "#8f5a00",
    "err": "#c2332f",
    "err_soft": "#fbe4e3",
    "clip": "#5a82c8",
    "clip2": "#8a73cf",
    "clip3": "#3f9182",
    "playhead": "#16181d",
}

_current: Tokens = dict(DARK)


def tokens() -> Tokens:
    """The tokens in force."""
    return _current


def use(chosen: Tokens) -> None:
    """Put other tokens in force; `style.apply` calls this before anything is painted."""
    _current.clear()
    _current.update(chosen)
    for forget in _forget:
        forget()


_forget: list[Callable[[], None]] = []


def per_theme(cached: C) -> C:
    """Decorates a cached function of colours: its cache is emptied when the theme changes."""
    _forget.append(cached.cache_clear)
    return cached


def colour(name: str, alpha: float = 1.0) -> QColor:
    """A token as a colour; `alpha` 0..1."""
    made = QColor(_current[name])
    made.setAlphaF(alpha)
    return made
