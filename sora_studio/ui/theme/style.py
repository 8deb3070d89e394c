"""Puts the theme on an application: Fusion, a full palette, and the style sheet with its tokens filled in.

The platform's own colour scheme is asked for as well, for title bars, but nothing here depends on it.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from sora_studio.core.errors import StudioError
from sora_studio.core.resources import resource
from sora_studio.ui.theme import fonts, palette

_ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "bg",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "bg",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "err",
    QPalette.ColorRole.ToolTipBase: "raised2",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent_fill",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.PlaceholderText: "faint",
    QPalette.ColorRole.Link: "accent2",
    QPalette.ColorRole.Light: "raised2",
    QPalette.ColorRole.Midlight: "raised2",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line",
    QPalette.ColorRole.Shadow: "surround",
}
_DISABLED = (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText)


def apply(app: QApplication, chosen: palette.Tokens | None = None) -> None:
    """Dress the application in `chosen` tokens (dark if left out)."""
    palette.use(chosen or palette.DARK)
    dark = QColor(palette.tokens()["bg"]).lightness() < 128
    app.styleHints().setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    app.setStyle("Fusion")
    fonts.install()
    app.setFont(fonts.ui_font())
    app.setPalette(qt_palette())
    app.setStyleSheet(style_sheet())


def qt_palette() -> QPalette:
    """The tokens as a palette, for what the style sheet does not reach."""
    made = QPalette()
    for role, token in _ROLES.items():
        made.setColor(role, palette.colour(token))
    for role in _DISABLED:
        made.setColor(QPalette.ColorGroup.Disabled, role, palette.colour("faint"))
    made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, palette.colour("line2"))
    return made


def style_sheet() -> str:
    """The style sheet with every @token replaced; raises StudioError for a token nobody declared."""
    text = resource("styles", "studio.qss").read_text(encoding="utf-8")
    values = {**palette.tokens(), "styles": resource("styles").as_posix()}

    def fill(found: re.Match[str]) -> str:
        try:
            return values[found.group(1)]
        except KeyError as exc:
            raise StudioError("The style sheet names @{name}, which no palette declares.", name=found.group(1)) from exc

    return re.sub(r"@([a-z_]+[0-9]?)", fill, text)
