"""Lucide line icons, drawn from their SVG at whatever size and pixel ratio is asked for, in the theme's colours."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from sora_studio.core.resources import resource
from sora_studio.ui.theme.palette import tokens


@lru_cache(maxsize=512)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(text.replace("currentColor", colour).encode())


class LineIcon(QIconEngine):
    """One icon: `colour` when off, `on` when checked, the theme's faint grey when disabled. Colours are #rrggbb or
    names of tokens, looked up when it is painted, so that an icon follows the theme."""

    def __init__(self, name: str, colour: str, on: str, disabled: str) -> None:
        super().__init__()
        self._name, self._colour, self._on, self._disabled = name, colour, on, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the icon into `rect`."""
        colour = self._on if state == QIcon.State.On else self._colour
        if mode == QIcon.Mode.Disabled:
            colour = self._disabled
        side = min(rect.width(), rect.height())
        square = QRectF(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2, side, side)
        _renderer(self._name, tokens().get(colour, colour)).render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The icon as a pixmap of `size` device pixels; a null one for a button that has no room just now."""
        if size.isEmpty():
            return QPixmap()
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """A copy for Qt, which keeps no reference of Python's: ours are kept here."""
        return _keep(LineIcon(self._name, self._colour, self._on, self._disabled))


_kept: list[LineIcon] = []


def _keep(engine: LineIcon) -> LineIcon:
    _kept.append(engine)
    return engine


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, on: str, disabled: str) -> QIcon:
    resource("icons", f"{name}.svg")  # looked for once: a window asks for hundreds of icons
    return QIcon(_keep(LineIcon(name, colour, on, disabled)))


def icon(name: str, colour: str | None = None, on: str | None = None) -> QIcon:
    """A Lucide icon. `colour` and `on` (checked state) are #rrggbb or names of tokens; text and lit accent if left out.

    Raises StudioError when the icon is not shipped.
    """
    chosen = colour or "text"
    lit = on or ("accent2" if colour is None else chosen)
    # A copy: QIcon shares its engine, and the cache must not hand out one that a caller may change.
    return QIcon(_icon(name, chosen, lit, "line2"))


def pixmap(name: str, size: int, colour: str | None = None, ratio: float = 1.0) -> QPixmap:
    """An icon as a square pixmap of `size` device-independent pixels, crisp at pixel ratio `ratio`."""
    return icon(name, colour).pixmap(QSize(size, size), ratio)
