"""The few composed controls the panels are built of. Each carries an object name and an accessible name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QButtonGroup,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sora_studio.core.language import tr
from sora_studio.ui.theme import icon, tabular


def label(text: str, role: str = "", name: str = "") -> QLabel:
    """A label that the style sheet dresses by its role."""
    made = QLabel(tr(text))
    if role:
        made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    return made


class ElidedLabel(QLabel):
    """A line that ends in an ellipsis when there is no room for it, and never asks for room; the tooltip is whole."""

    def __init__(self, role: str = "", name: str = "") -> None:
        super().__init__()
        if role:
            self.setProperty("role", role)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""

    @property
    def whole(self) -> str:
        """The text without an ellipsis."""
        return self._whole

    def say(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as fits now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.ensurePolished()
        fitting = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        if fitting != self.text():
            self.setText(fitting)


class ProgressBar(QProgressBar):
    """Paints a new value when there is time: Qt's own does so at once, all that waits around it included."""

    def setValue(self, value: int) -> None:
        """Show another value."""
        self.setUpdatesEnabled(False)
        super().setValue(value)
        self.setUpdatesEnabled(True)


def row(*parts: QWidget | QHBoxLayout | QVBoxLayout | None, gap: int = 8) -> QHBoxLayout:
    """A horizontal line of parts; None is stretch."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(gap)
    for part in parts:
        if part is None:
            line.addStretch(1)
        elif isinstance(part, QWidget):
            line.addWidget(part)
        else:
            line.addLayout(part)
    return line


def tool_button(name: str, glyph: str, text: str, *, size: int = 16, checkable: bool = False) -> QToolButton:
    """A button that is only an icon; `text` is its tooltip and accessible name."""
    made = QToolButton()
    made.setObjectName(name)
    made.setIcon(icon(glyph))
    made.setIconSize(QSize(size, size))
    made.setToolTip(tr(text))
    made.setAccessibleName(tr(text))
    made.setCheckable(checkable)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space still plays
    return made


def aired(text: str) -> str:
    """Words for beside an icon: Qt leaves four pixels between them, two thin spaces more let them breathe."""
    return f"\u2009\u2009{text}"


def push_button(name: str, text: str, glyph: str | None = None, *, role: str = "") -> QPushButton:
    """A button with words; `role` "primary" makes it the main act of its panel."""
    text = tr(text)
    made = QPushButton(aired(text) if glyph else text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    if role:
        made.setProperty("role", role)
    if glyph:
        made.setIcon(icon(glyph, "on_accent" if role == "primary" else "text"))
        made.setIconSize(QSize(16, 16))
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def seconds_box(name: str, text: str, most: float) -> QDoubleSpinBox:
    """A field for seconds in steps of a half."""
    made = QDoubleSpinBox()
    made.setObjectName(name)
    made.setAccessibleName(tr(text))
    made.setRange(0.1, most)
    made.setDecimals(1)
    made.setSingleStep(0.5)
    made.setSuffix(" s")
    inset(made)
    return made


def inset(box: QAbstractSpinBox) -> None:
    """Room before the number: the style sheet's padding does not reach the field inside a spin box."""
    box.lineEdit().setTextMargins(7, 0, 0, 0)


class Card(QFrame):
    """A surface with a caption line and room below it."""

    def __init__(self, caption: str, name: str, *aside: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 10, 12, 12)
        self.body.setSpacing(8)
        self.caption = label(tr(caption).upper(), "caption")
        if caption:
            line = row(self.caption, None, *aside)
            self.body.addLayout(line)


class Fold(QWidget):
    """A heading that shows and hides what is under it."""

    toggled = Signal(bool)

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        text = tr(text)
        self._head = QPushButton(aired(text.upper()))
        self._head.setObjectName(f"{name}Head")
        self._head.setProperty("role", "fold")
        self._head.setAccessibleName(text)
        self._head.setCheckable(True)
        self._head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._head.setIconSize(QSize(14, 14))
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(0, 4, 0, 0)
        self.body.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._inside)
        self._head.toggled.connect(self._show)
        self._show(False)

    @property
    def is_open(self) -> bool:
        """Whether the inside is shown."""
        return self._head.isChecked()

    def set_open(self, opened: bool) -> None:
        """Show or hide the inside."""
        self._head.setChecked(opened)

    def _show(self, opened: bool) -> None:
        self._head.setIcon(icon("chevron-down" if opened else "chevron-right", "dim"))
        self._head.setAccessibleDescription(tr("open") if opened else tr("closed"))
        self._inside.setVisible(opened)
        self.toggled.emit(opened)


class Segments(QFrame):
    """A few choices side by side, exactly one of which holds. Arrow keys move between them."""

    chosen = Signal(int)

    def __init__(self, name: str, text: str, choices: Sequence[tuple[str, str | None]]) -> None:
        """`choices` are (words, icon name or None)."""
        super().__init__()
        self.setObjectName(name)
        self._text = tr(text)
        self.setAccessibleName(self._text)
        self.setProperty("role", "segments")
        self._group = QButtonGroup(self)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(2, 2, 2, 2)
        self._line.setSpacing(2)
        self._group.idClicked.connect(self.chosen.emit)
        self.offer(choices)

    def offer(self, choices: Sequence[tuple[str, str | None]]) -> None:
        """Other choices, of which the first holds, in silence."""
        for old in self._group.buttons():
            self._group.removeButton(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()
        for index, (words, glyph) in enumerate((tr(words), glyph) for words, glyph in choices):
            button = QPushButton(aired(words) if glyph else words)
            button.setObjectName(f"{self.objectName()}{index}")
            button.setAccessibleName(f"{self._text}: {words}")
            button.setToolTip(f"{self._text}: {words}")
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            # All the same width, and none wider than the row allows.
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(50)
            if glyph:
                button.setIcon(icon(glyph, "dim", "accent2"))
                button.setIconSize(QSize(14, 14))
            self._group.addButton(button, index)
            self._line.addWidget(button)
        self.select(0)

    @property
    def index(self) -> int:
        """The choice that holds."""
        return self._group.checkedId()

    def select(self, index: int) -> None:
        """Make a choice hold, in silence."""
        if button := self._group.button(index):
            button.setChecked(True)


class SliderRow(QWidget):
    """A name, a slider and its value in words. Values are `step` times a whole number."""

    moved = Signal(float)

    def __init__(self, name: str, text: str, limits: tuple[float, float, float], form: str = "{:g}") -> None:
        """`limits` are lowest, highest, step."""
        super().__init__()
        self.setObjectName(name)
        low, high, self._step = limits
        self._form = form
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{name}Slider")
        self.slider.setAccessibleName(tr(text))
        self.slider.setRange(round(low / self._step), round(high / self._step))
        self.slider.setPageStep(max(1, (self.slider.maximum() - self.slider.minimum()) // 10))
        self._words = label("", "", f"{name}Value")
        self._words.setFont(tabular())
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._text = tr(text)
        self._title = title = label(text, "dim")
        title.setBuddy(self.slider)
        line = QGridLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setHorizontalSpacing(8)
        for column, (part, width) in enumerate(((title, 72), (self.slider, 0), (self._words, 36))):
            line.addWidget(part, 0, column)
            line.setColumnMinimumWidth(column, width)
        line.setColumnStretch(1, 1)
        self.slider.valueChanged.connect(self._changed)
        self._changed(self.slider.value())

    @property
    def value(self) -> float:
        """The value the slider stands at."""
        return self.slider.value() * self._step

    def set_value(self, value: float) -> None:
        """Move the slider, in silence."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(value / self._step))
        self.slider.blockSignals(False)
        self._words.setText(self._form.format(self.value))

    def mark_changed(self, changed: bool) -> None:
        """Put a dot behind the name, and say it to screen readers, when the value is not as it was meant to be."""
        self._title.setText(f"{self._text}  •" if changed else self._text)
        self.slider.setAccessibleDescription(tr("changed") if changed else "")

    def _changed(self, at: int) -> None:
        value = at * self._step
        self._words.setText(self._form.format(value))
        self.moved.emit(value)
