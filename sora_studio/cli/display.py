"""Whether this machine can show a window."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """True with a desktop: on Linux a display server, or a platform of Qt's that needs none."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
