"""About the studio: version, whose work is in it under which licence, and whose name it is not."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from sora_studio import __version__
from sora_studio.core.language import mark, tr
from sora_studio.ui.panels.controls import label, push_button, row
from sora_studio.ui.panels.top_bar import app_icon

DISCLAIMER = mark(
    "Sora is a product name of OpenAI. Sora Studio is an independent open-source project and is not affiliated with, "
    "endorsed by or sponsored by OpenAI."
)
LICENCES = (
    ("Sora Studio", "Apache-2.0"),
    ("Qt, PySide6", "LGPL-3.0"),
    ("PyTorch", "BSD-3-Clause"),
    ("diffusers, transformers", "Apache-2.0"),
    ("PyAV, FFmpeg, x264, x265", "BSD-3-Clause, LGPL/GPL"),
    ("OpenCV", "Apache-2.0"),
    ("all-MiniLM-L6-v2", "Apache-2.0"),
    ("WordNet 3.1", "WordNet"),
    ("Inter", "SIL OFL 1.1"),
    ("Lucide", "ISC"),
)
"""What the studio is built of, and under which licence."""


class AboutDialog(QDialog):
    """A page of text that can be selected."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(tr("About Sora Studio"))
        self.setFixedWidth(480)
        mark_ = QLabel()
        mark_.setPixmap(app_icon().pixmap(QSize(48, 48), self.devicePixelRatioF()))
        mark_.setAccessibleName("Sora Studio")
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(label("Sora Studio", "heading"))
        names.addWidget(label(tr("Version {version}", version=__version__), "dim"))
        self.text = label(tr(DISCLAIMER), "", "disclaimer")
        self.text.setWordWrap(True)
        rows = "".join(
            f"<tr><td style='padding-right: 24px; padding-bottom: 3px'>{part}</td><td>{licence}</td></tr>"
            for part, licence in LICENCES
        )
        self.licences = label(f"<table>{rows}</table>", "dim", "licences")
        for words in (self.text, self.licences):
            words.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        close = push_button("aboutClose", tr("Close"))
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(14)
        column.addLayout(row(mark_, names, None, gap=14))
        column.addWidget(self.text)
        column.addWidget(label(tr("Licences"), "caption"))
        column.addWidget(self.licences)
        column.addLayout(row(None, close))
