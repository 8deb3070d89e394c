"""Preferences: made from the declared settings, searchable, each with a way back to its default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.language import mark, tr
from sora_studio.core.time import Size
from sora_studio.settings.fields import About, accepted, described
from sora_studio.settings.sections import Settings
from sora_studio.ui.panels.controls import inset, label, push_button, row, tool_button

SECTIONS = {
    "general": mark("General"),
    "generation": mark("Generation"),
    "models": mark("Models"),
    "interface": mark("Interface"),
    "prompting": mark("Prompts"),
}
"""What the sections are called."""
BETWEEN = ";"
"""What stands between the texts of a list."""


@dataclass(frozen=True, slots=True)
class Line:
    """One setting in the dialog."""

    section: str
    name: str
    about: About
    default: Any
    frame: QWidget
    control: QWidget
    back: QToolButton
    note: QLabel
    """Why what was written is not taken; hidden until then."""

    def fits(self, words: list[str]) -> bool:
        """Whether all words stand in its texts."""
        texts = (self.about.title, self.about.text, tr(self.about.title), tr(self.about.text), self.name)
        return all(word in " ".join(texts).casefold() for word in words)


class ShareBox(QSpinBox):
    """A share of 0..1, shown in percent."""

    @property
    def share(self) -> float:
        """What it stands at."""
        return self.value() / 100

    @share.setter
    def share(self, share: float) -> None:
        self.setValue(round(100 * share))


class PreferencesDialog(QDialog):
    """Shows settings and says what became of them. Others may change them meanwhile: see `follow`."""

    changed = Signal(Settings)

    def __init__(self, settings: Settings, parent: QWidget, engines: Sequence[Capabilities] = ()) -> None:
        """`engines` are those that can be chosen."""
        super().__init__(parent)
        self.settings = settings
        self._engines = engines
        self.setObjectName("preferencesDialog")
        self.setWindowTitle(tr("Preferences"))
        self.resize(620, 640)
        self.search = QLineEdit()
        self.search.setObjectName("preferencesSearch")
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setPlaceholderText(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.lines: list[Line] = []
        self._headings: dict[str, QWidget] = {}
        self._none = label(tr("No setting fits these words."), "dim")
        self._none.hide()
        reset = push_button("preferencesReset", tr("Reset all"))
        close = push_button("preferencesClose", tr("Close"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(self._fields(), 1)
        column.addLayout(row(reset, None, close))
        self.search.textChanged.connect(self._filter)
        reset.clicked.connect(lambda: self._put(Settings()))
        close.clicked.connect(self.accept)
        self._show(self.lines)

    def line(self, section: str, name: str) -> Line:
        """The line of a setting."""
        return next(line for line in self.lines if (line.section, line.name) == (section, name))

    def follow(self, settings: Settings) -> None:
        """Go on from settings that were changed elsewhere. What is being written in a line stays, unless it is its
        setting that was changed."""
        before = [self._now(line) for line in self.lines]
        self.settings = settings
        self._show([line for line, value in zip(self.lines, before, strict=True) if self._now(line) != value])

    def _fields(self) -> QScrollArea:
        area = QScrollArea()
        area.setObjectName("preferencesFields")
        area.setAccessibleName(tr("Settings"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(self._none)
        for section in fields(Settings()):
            heading = label(tr(SECTIONS.get(section.name, section.name.title())), "heading")
            heading.setContentsMargins(0, 10 if self.lines else 0, 0, 2)
            self._headings[section.name] = heading
            column.addWidget(heading)
            for entry, about in described(getattr(Settings(), section.name)):
                line = self._line(section.name, entry.name, about)
                self.lines.append(line)
                column.addWidget(line.frame)
        column.addStretch(1)
        area.setWidget(inside)
        return area

    def _line(self, section: str, name: str, about: About) -> Line:
        default = getattr(getattr(Settings(), section), name)
        if (section, name) == ("generation", "engine"):
            now = self.settings.generation.engine  # it may have gone since it was chosen
            titles = {one.engine: one.title for one in self._engines}
            about = replace(about, choices=tuple(({default: default, now: now} | titles).items()))
        control = _control(about, default)
        control.setObjectName(f"setting_{section}_{name}")
        control.setAccessibleName(tr(about.title))
        control.setAccessibleDescription(tr(about.text))
        control.setToolTip(tr(about.text))
        control.setFixedWidth(190)
        back = tool_button(f"reset_{section}_{name}", "rotate-ccw", tr("Reset {name}", name=tr(about.title)), size=14)
        title, text = label(tr(about.title)), label(tr(about.text), "faint")
        title.setBuddy(control)
        text.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(text)
        note = label("", "warning", f"note_{section}_{name}")
        note.setWordWrap(True)
        note.hide()
        words.addWidget(note)
        frame = QFrame()
        frame.setProperty("role", "card")
        inside = row(words, control, back, gap=10)
        inside.setStretch(0, 1)
        inside.setContentsMargins(12, 8, 8, 8)
        frame.setLayout(inside)
        line = Line(section, name, about, default, frame, control, back, note)
        _watch(control, partial(self._take, line))
        back.clicked.connect(lambda: self._set(line, default))
        return line

    def _take(self, line: Line) -> None:
        written = value = _value(line.control)
        if isinstance(value, str) and line.about.suggested:
            value = "".join(value.lower().replace("×", "x").split())
        if isinstance(line.default, tuple):
            value = tuple(part.strip() for part in value.split(BETWEEN) if part.strip())
        if accepted(value, line.default, line.about):
            self._set(line, value)
        else:
            _show_value(line.control, self._now(line))
            line.note.setText(_refusal(written, line.about))
            line.note.show()

    def _now(self, line: Line) -> Any:
        return getattr(getattr(self.settings, line.section), line.name)

    def _set(self, line: Line, value: Any) -> None:
        section = replace(getattr(self.settings, line.section), **{line.name: value})
        self._put(replace(self.settings, **{line.section: section}))

    def _put(self, settings: Settings) -> None:
        if settings != self.settings:
            self.settings = settings
            self._show(self.lines)
            self.changed.emit(settings)

    def _show(self, lines: Sequence[Line]) -> None:
        for line in lines:
            now = self._now(line)
            line.back.setEnabled(now != line.default)
            line.note.hide()
            line.control.blockSignals(True)
            if isinstance(line.control, QComboBox) and line.about.suggested:
                line.control.clear()
                line.control.addItems(self._sizes() or line.about.suggested)
            _show_value(line.control, now)
            line.control.blockSignals(False)

    def _sizes(self) -> list[str]:
        """The sizes of the engine that is chosen; none when it is gone."""
        name = self.settings.generation.engine
        return [str(size) for one in self._engines if one.engine == name for size in one.sizes]

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        for line in self.lines:
            line.frame.setVisible(line.fits(words))
        for name, heading in self._headings.items():
            heading.setVisible(any(line.section == name and line.fits(words) for line in self.lines))
        self._none.setVisible(not any(line.fits(words) for line in self.lines))


def _control(about: About, default: Any) -> QWidget:
    """The control that fits a setting's type."""
    if isinstance(default, bool):
        return QCheckBox(tr("On"))
    if about.choices:
        box = QComboBox()
        for value, title in about.choices:
            box.addItem(tr(title), value)
        return box
    if about.suggested:
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(about.suggested)
        return box
    if about.unit == "%":
        share = ShareBox()
        share.setRange(round(100 * (about.low or 0)), round(100 * (about.high or 1)))
        share.setKeyboardTracking(False)
        share.setSuffix(" %")
        inset(share)
        return share
    if isinstance(default, int | float):
        number = QSpinBox() if isinstance(default, int) else QDoubleSpinBox()
        number.setRange(about.low or 0, about.high or 0)  # type: ignore[arg-type]
        number.setSingleStep(about.step or 1)  # type: ignore[arg-type]
        if isinstance(number, QDoubleSpinBox):
            number.setDecimals(1 if (about.step or 1) * 10 % 1 == 0 else 2)
        number.setKeyboardTracking(False)
        if about.unit:
            number.setSuffix(f" {about.unit}")
        inset(number)
        return number
    return QLineEdit()


def _refusal(written: str, about: About) -> str:
    """Why a text is not taken."""
    if about.suggested:
        try:
            Size.parse(written)
        except BadInput as exc:
            return str(exc)
    return tr("“{value}” cannot stand here, so the former value stays.", value=written)


def _watch(control: QWidget, act: Any) -> None:
    match control:
        case QCheckBox():
            control.toggled.connect(lambda _on: act())
        case QComboBox():
            control.activated.connect(lambda _index: act())
            if (field := control.lineEdit()) is not None:
                field.editingFinished.connect(act)
        case QSpinBox() | QDoubleSpinBox():
            control.valueChanged.connect(lambda _value: act())
        case QLineEdit():
            control.editingFinished.connect(act)


def _value(control: QWidget) -> Any:
    match control:
        case QCheckBox():
            return control.isChecked()
        case QComboBox():
            return control.currentText() if control.isEditable() else control.currentData()
        case ShareBox():
            return control.share
        case QSpinBox() | QDoubleSpinBox():
            return control.value()
        case QLineEdit():
            return control.text()
    return None


def _show_value(control: QWidget, value: Any) -> None:
    match control:
        case QCheckBox():
            control.setChecked(value)
        case QComboBox() if control.isEditable():
            control.setEditText(value)
        case QComboBox():
            control.setCurrentIndex(max(0, control.findData(value)))
        case ShareBox():
            control.share = value
        case QSpinBox() | QDoubleSpinBox():
            control.setValue(value)
        case QLineEdit():
            control.setText(f"{BETWEEN} ".join(value) if isinstance(value, tuple) else str(value))
