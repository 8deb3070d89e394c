"""The editor of a look: title, words, what to avoid, LoRA files, a reference picture, the card's picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sora_studio.core.errors import BadInput, StudioError
from sora_studio.core.language import mark, tr
from sora_studio.core.looks import LONGEST_TITLE, PLACE, Look, name_for
from sora_studio.core.request import Frames
from sora_studio.session.look_making import card_picture, look_of_picture
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.looks.card import picture_of
from sora_studio.ui.panels.controls import SliderRow, label, push_button, row, tool_button
from sora_studio.ui.panels.drop_zone import IMAGES
from sora_studio.ui.panels.loras import LoraList

PICTURE = QSize(160, 90)


class LookEditor(QDialog):
    """Holds a look while it is changed; `saved` hands it over, `complain` says why it cannot be kept."""

    saved = Signal(object)

    def __init__(self, look: Look, chooser: FileChooser, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lookEditor")
        self.setWindowTitle(tr("Look"))
        self.setMinimumWidth(480)
        self._look, self._chooser = look, chooser
        self.frame: Callable[[], Frames] = _no_frame
        """The frame in the monitor."""
        self._name_follows = look.name.startswith("new-look")
        self.title = QLineEdit(look.title)
        self.template = QPlainTextEdit(look.template)
        self.negative = QLineEdit(look.negative)
        self.keep = SliderRow("lookEditorKeep", "Keep", (0, 100, 5), "{:.0f} %")
        self.keep.set_value(look.keep * 100)
        self.loras = LoraList(look.loras, chooser, "lookLora")
        self.reference = PictureButton("lookReference", tr("Reference picture"), tr("Choose a picture…"))
        self.card = PictureButton("lookPicture", tr("Picture of the card"), tr("From the monitor"))
        self.problem = label("", "error", "lookProblem")
        self.save = push_button("lookSave", "Save", role="primary")
        self.cancel = push_button("lookCancel", "Cancel")
        self._dress()
        self._lay_out()
        self._wire()
        self._show_pictures()

    @property
    def look(self) -> Look:
        """What is in the fields now; raises BadInput for what cannot be a look."""
        title = " ".join(self.title.text().split())
        name = name_for(title) if self._name_follows else self._look.name
        return replace(
            self._look,
            name=name,
            title=title,
            template=" ".join(self.template.toPlainText().split()),
            negative=" ".join(self.negative.text().split()),
            keep=self.keep.value / 100,
            loras=self.loras.value,
        )

    def complain(self, text: str) -> None:
        """Say why the look cannot be kept."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _dress(self) -> None:
        names = (
            (self.title, "lookTitle", mark("Title")),
            (self.template, "lookTemplate", mark("Words")),
            (self.negative, "lookNegative", mark("What to keep out")),
        )
        for field, name, text in names:
            field.setObjectName(name)
            field.setAccessibleName(tr(text))
        self.title.setMaxLength(LONGEST_TITLE)
        self.template.setTabChangesFocus(True)
        self.template.setFixedHeight(64)
        self.template.setPlaceholderText(tr("{PLACE}, ink on rough paper", PLACE=PLACE))
        self.negative.setPlaceholderText(tr("What to keep out"))
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.save.setDefault(True)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        hint = label(tr("{place} stands for the words of the prompt.", place=PLACE), "faint", "lookTemplateHint")
        parts: tuple[tuple[str, QWidget], ...] = (
            (mark("Title"), self.title),
            (mark("Words"), self.template),
            ("", hint),
            (mark("Avoid"), self.negative),
            (mark("LoRA"), self.loras),
        )
        for line, (text, part) in enumerate(parts):
            if text:
                name = label(text, "dim")
                name.setBuddy(part)
                high = part is self.template
                grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop if high else Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(part, line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addLayout(grid)
        column.addWidget(self.keep)
        column.addLayout(row(self.reference, self.card, None, gap=12))
        column.addWidget(self.problem)
        column.addLayout(row(None, self.cancel, self.save))

    def _wire(self) -> None:
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)
        self.reference.asked.connect(self._choose_reference)
        self.reference.cleared.connect(lambda: self._take(reference=b""))
        self.card.asked.connect(self._take_frame)
        self.card.cleared.connect(lambda: self._take(picture=b""))

    def _save(self) -> None:
        try:
            look = self.look
        except BadInput as exc:
            self.complain(str(exc))
            return
        self.complain("")
        self.saved.emit(look)

    def _choose_reference(self) -> None:
        kinds = " ".join(f"*{kind}" for kind in IMAGES)
        path = self._chooser.open_file(self, tr("Reference picture"), tr("Pictures ({kinds})", kinds=kinds))
        if path is not None:
            self.take_reference(path)

    def take_reference(self, path: Path) -> None:
        """Take a picture as the reference; it becomes the card's picture too where there is none."""
        try:
            made = look_of_picture(path)
        except StudioError as exc:
            self.complain(str(exc))
            return
        self.complain("")
        self._take(reference=made.reference, picture=self._look.picture or made.picture)

    def _take_frame(self) -> None:
        try:
            self._take(picture=card_picture(self.frame()))
        except StudioError as exc:
            self.complain(str(exc))

    def _take(self, **pictures: bytes) -> None:
        self._look = replace(self._look, **pictures)  # type: ignore[arg-type]
        self._show_pictures()

    def _show_pictures(self) -> None:
        self.reference.show_image(QImage.fromData(self._look.reference) if self._look.reference else QImage())
        self.card.show_image(picture_of(self._look), own=bool(self._look.picture))


class PictureButton(QWidget):
    """A picture with a caption; a press asks for another one, the cross takes it away."""

    asked = Signal()
    cleared = Signal()

    def __init__(self, name: str, caption: str, text: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.button = QPushButton()
        self.button.setObjectName(f"{name}Choose")
        self.button.setAccessibleName(f"{caption}: {text}")
        self.button.setToolTip(text)
        self.button.setFixedSize(PICTURE + QSize(10, 10))
        self.button.setIconSize(PICTURE)
        self._text = text
        self.clear = tool_button(f"{name}Clear", "x", tr("Remove: {what}", what=caption.lower()), size=12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row(label(caption, "dim"), None, self.clear, gap=4))
        column.addWidget(self.button)
        self.button.clicked.connect(self.asked.emit)
        self.clear.clicked.connect(self.cleared.emit)

    def show_image(self, image: QImage, *, own: bool = True) -> None:
        """Show a picture; the cross is there for one of the look's own."""
        none = image.isNull()
        self.button.setIcon(QIcon() if none else QIcon(_cut(image)))
        self.button.setText(self._text if none else "")
        self.clear.setVisible(own and not none)


def _cut(image: QImage) -> QPixmap:
    """The middle of an image in the shape of a card."""
    ratio = 2
    size = PICTURE * ratio
    big = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation)
    made = QPixmap.fromImage(
        big.copy((big.width() - size.width()) // 2, (big.height() - size.height()) // 2, size.width(), size.height())
    )
    made.setDevicePixelRatio(ratio)
    return made


def _no_frame() -> Frames:
    raise BadInput(tr("There is no picture under the playhead. Move it onto a clip."))
