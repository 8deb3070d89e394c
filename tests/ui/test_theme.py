"""Colours, fonts, icons and the style sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QIcon
from PySide6.QtWidgets import QApplication

import sora_studio
from sora_studio.core.errors import StudioError
from sora_studio.core.resources import resource
from sora_studio.ui import theme
from sora_studio.ui.theme import palette, style


def luminance(name: str) -> float:
    """Relative luminance of WCAG 2."""
    rgb = QColor(name).getRgbF()[:3]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_words_are_readable_on_every_ground_they_stand_on(tokens: theme.Tokens) -> None:
    for ink in ("text", "dim"):
        for ground in ("bg", "panel", "raised"):
            assert contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)
    for ink in ("faint", "accent2", "err", "ok"):
        assert contrast(tokens[ink], tokens["panel"]) >= 4.5, ink
    for ground in ("accent_fill", "accent_press"):
        assert contrast(tokens["on_accent"], tokens[ground]) >= 4.5, ground


def test_both_palettes_know_the_same_tokens() -> None:
    assert theme.DARK.keys() == theme.LIGHT.keys()


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_the_style_sheet_is_filled_in_completely(tokens: theme.Tokens) -> None:
    palette.use(tokens)
    sheet = style.style_sheet()
    assert "@" not in sheet
    for found in re.findall(r"url\((.+?)\)", sheet):
        assert Path(found).is_file()
    palette.use(theme.DARK)


def test_the_application_wears_the_dark_theme_whatever_the_platform_says(studio: QApplication) -> None:
    assert studio.palette().window().color() == QColor(theme.DARK["bg"])
    assert studio.palette().placeholderText().color() == QColor(theme.DARK["faint"])
    assert QFontInfo(studio.font()).family() == "Inter"


def test_figures_of_timecode_have_one_width(studio: QApplication) -> None:
    metrics = QFontMetricsF(theme.tabular(13))
    widths = {round(metrics.horizontalAdvance(digit)) for digit in "0123456789"}
    assert len(widths) == 1


def test_icons_are_drawn_in_the_colour_asked_for_at_any_size(studio: QApplication) -> None:
    for side, ratio in ((16, 1.0), (24, 2.0)):
        picture = theme.pixmap("square", side, "#ff0000", ratio)
        assert picture.size() == QSize(side, side) * ratio
        image = picture.toImage()
        inks = {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 200
        }
        assert inks == {"#ff0000"}


def test_an_icon_shows_that_it_is_on_or_disabled(studio: QApplication) -> None:
    play = theme.icon("play")
    size = QSize(32, 32)
    states = [
        play.pixmap(size, mode, state).toImage()
        for mode, state in (
            (QIcon.Mode.Normal, QIcon.State.Off),
            (QIcon.Mode.Normal, QIcon.State.On),
            (QIcon.Mode.Disabled, QIcon.State.Off),
        )
    ]
    assert states[0] != states[1]
    assert states[0] != states[2]


def test_an_icon_that_is_not_shipped_is_refused() -> None:
    with pytest.raises(StudioError, match="no-such-icon"):
        theme.icon("no-such-icon")


def test_every_icon_is_used_and_every_one_used_is_shipped() -> None:
    package = Path(sora_studio.__file__).parent  # all of it: a kind of phrase names its icon in core
    source = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    words = set(re.findall(r'"([a-z][a-z0-9-]*)"', source))
    shipped = {path.stem for path in resource("icons").glob("*.svg")}
    assert shipped - words - {"sora-studio"} == set()
    asked = set(re.findall(r'(?:icon|pixmap)\("([a-z0-9-]+)"', source))
    assert asked - shipped == set()


def test_fonts_and_icons_travel_with_their_licences() -> None:
    assert "SIL OPEN FONT LICENSE" in resource("fonts", "OFL.txt").read_text(encoding="utf-8")
    assert "ISC License" in resource("icons", "LICENSE").read_text(encoding="utf-8")
