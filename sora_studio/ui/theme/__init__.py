"""The look of the studio: colours, type, icons and the style sheet, each declared once."""

from sora_studio.ui.theme.fonts import tabular, ui_font
from sora_studio.ui.theme.icons import icon, pixmap
from sora_studio.ui.theme.palette import DARK, LIGHT, Tokens, colour, per_theme, tokens
from sora_studio.ui.theme.style import apply

__all__ = ["DARK", "LIGHT", "Tokens", "apply", "colour", "icon", "per_theme", "pixmap", "tabular", "tokens", "ui_font"]
