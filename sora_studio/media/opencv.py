"""The one door to OpenCV of this package.

The opencv-python wheel brings its own Qt 5 and points two environment variables at it, which every child process and
a later Qt 6 would inherit. One thread is enough for resizing and leaves the cores to decoding and to the models.
"""

from __future__ import annotations

import os

import cv2

for _name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
    os.environ.pop(_name, None)
cv2.setNumThreads(1)

__all__ = ["cv2"]
