"""Inter, shipped with the studio; its tabular figures serve for timecode, so that digits do not dance."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from sora_studio.core.resources import resource

FAMILY = "Inter"
CHINESE = (
    "Noto Sans TC",
    "Noto Sans CJK TC",
    "PingFang TC",
    "Microsoft JhengHei UI",
    "Microsoft JhengHei",
    "Source Han Sans TC",
    "WenQuanYi Micro Hei",
)
"""Families of the systems for what Inter does not have, Traditional forms first."""
BASE = 12
"""Pixels of the running text."""

_files = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf")


def install() -> None:
    """Make the shipped family known to Qt; a font that cannot be read leaves the system's in place."""
    for name in _files:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def ui_font(pixels: int = BASE, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The interface font at a size in device-independent pixels."""
    font = QFont([FAMILY, *CHINESE])
    font.setPixelSize(pixels)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def tabular(pixels: int = BASE, weight: QFont.Weight = QFont.Weight.Medium) -> QFont:
    """The interface font with figures of one width, for timecode and counters."""
    font = ui_font(pixels, weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setFeature(QFont.Tag("zero"), 0)
    return font
