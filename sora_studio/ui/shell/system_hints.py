"""What the system says about the artist's wishes: language, dark or light, and whether it asks for less motion."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication

from sora_studio.core.language import best

_CLIENT_AREA_ANIMATION = 0x1042
"""SPI_GETCLIENTAREAANIMATION of the Windows API."""


def system_language() -> str:
    """The shipped language that fits the system's list of languages best."""
    return best(QLocale.system().uiLanguages())


def prefers_light() -> bool:
    """Whether the desktop is light; no word is dark."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light


def less_motion() -> bool:
    """Whether the system asks programs for less motion; no word is no."""
    if sys.platform == "win32":
        moving = ctypes.c_int(1)
        ctypes.windll.user32.SystemParametersInfoW(_CLIENT_AREA_ANIMATION, 0, ctypes.byref(moving), 0)
        return not moving.value
    if sys.platform == "darwin":
        return _answer("defaults", "read", "com.apple.universalaccess", "reduceMotion") == "1"
    if "GNOME" in os.environ.get("XDG_CURRENT_DESKTOP", "").upper():
        return _answer("gsettings", "get", "org.gnome.desktop.interface", "enable-animations") == "false"
    return False


def _answer(program: str, *words: str) -> str:
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        return subprocess.run([path, *words], capture_output=True, text=True, timeout=2, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
