"""Small dialogs of the timeline: speed, gain and fades, markers. Each makes one edit, or none."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sora_studio.core.language import tr
from sora_studio.core.timeline import COLOURS, Clip, Marker
from sora_studio.core.trims import FASTEST, SLOWEST
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.controls import inset, push_button, row

MARKER_COLOURS = {
    "violet": "#a58bff",
    "blue": "#5aa2ff",
    "green": "#46cf93",
    "yellow": "#f2d457",
    "orange": "#f29a4a",
    "red": "#f7706f",
}
"""What the colours of markers look like."""


class _EditDialog(QDialog):
    """A form with one act; Enter does it, Escape leaves everything as it was."""

    def __init__(self, name: str, title: str, act: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(320)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.setHorizontalSpacing(16)
        self.form.setVerticalSpacing(10)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.accept_button = push_button(f"{name}Accept", act, role="primary")
        self.cancel_button = push_button(f"{name}Cancel", "Cancel")
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self._accepted)
        self.cancel_button.clicked.connect(self.reject)
        self.buttons = row(None, self.cancel_button, self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 16)
        column.setSpacing(16)
        column.addLayout(self.form)
        column.addLayout(self.buttons)

    def _accepted(self) -> None:
        if self.apply():
            self.accept()

    def apply(self) -> bool:
        """Make the edit; whether it was made."""
        raise NotImplementedError

    def _add(self, text: str, field: QWidget, name: str) -> None:
        field.setObjectName(name)
        field.setAccessibleName(text)
        field.setToolTip(text)
        label = QLabel(text)
        label.setMinimumHeight(field.sizeHint().height())
        label.setBuddy(field)
        self.form.addRow(label, field)


class SpeedDialog(_EditDialog):
    """How fast a clip plays: in percent or by the length that it shall have."""

    def __init__(self, session: Session, clip: Clip, parent: QWidget | None = None) -> None:
        super().__init__("speedDialog", tr("Speed"), tr("Change speed"), parent)
        self._session, self._clip = session, clip
        self._fps = session.timeline.rate.fps
        self.percent = _spin(float(SLOWEST) * 100, float(FASTEST) * 100, " %", 2)
        self.seconds = _spin(float(1 / self._fps), 36000, " s", 2)
        self.reverse = QCheckBox(tr("Play backwards"))
        self.ripple = QCheckBox(tr("Move what follows"))
        self._add(tr("Speed"), self.percent, "speedPercent")
        self._add(tr("Length"), self.seconds, "speedSeconds")
        for box, name in ((self.reverse, "speedReverse"), (self.ripple, "speedRipple")):
            box.setObjectName(name)
            box.setAccessibleName(box.text())
            self.form.addRow("", box)
        self.reverse.setToolTip(tr("Show the last frame first"))
        self.ripple.setToolTip(tr("Clips after this one make room or close up; otherwise a longer clip is cut off"))
        self.percent.setValue(abs(float(clip.speed)) * 100)
        self.reverse.setChecked(clip.speed < 0)
        self._show_length()
        self.percent.valueChanged.connect(lambda _value: self._show_length())
        self.seconds.valueChanged.connect(lambda _value: self._show_percent())
        self.percent.selectAll()

    @property
    def speed(self) -> Fraction:
        """What is set, negative for backwards."""
        pace = Fraction(self.percent.value()).limit_denominator(10_000) / 100
        pace = max(SLOWEST, min(FASTEST, pace))
        return -pace if self.reverse.isChecked() else pace

    def apply(self) -> bool:
        """Set the speed."""
        speed, ripple = self.speed, self.ripple.isChecked()
        return attempt(self._session, lambda: self._session.set_speed(self._clip.id, speed, ripple=ripple))

    def _show_length(self) -> None:
        self.seconds.blockSignals(True)
        self.seconds.setValue(float(Fraction(self._clip.span) / abs(self.speed) / self._fps))
        self.seconds.blockSignals(False)

    def _show_percent(self) -> None:
        wanted = Fraction(self.seconds.value()) * self._fps
        self.percent.blockSignals(True)
        self.percent.setValue(float(Fraction(self._clip.span) / max(wanted, Fraction(1)) * 100))
        self.percent.blockSignals(False)


class SoundDialog(_EditDialog):
    """Gain and fades of a clip. The fades of a picture let through what lies beneath it."""

    def __init__(self, session: Session, clip: Clip, parent: QWidget | None = None) -> None:
        super().__init__("soundDialog", tr("Gain and fades"), "Apply", parent)
        self._session, self._clip = session, clip
        rate = session.timeline.rate
        longest = rate.seconds(clip.length)
        self.gain = _spin(-60, 12, " dB", 1)
        self.fade_in, self.fade_out = _spin(0, longest, " s", 2), _spin(0, longest, " s", 2)
        self._add(tr("Gain"), self.gain, "soundGain")
        self._add(tr("Fade in"), self.fade_in, "soundFadeIn")
        self._add(tr("Fade out"), self.fade_out, "soundFadeOut")
        self.gain.setValue(clip.gain)
        self.fade_in.setValue(rate.seconds(clip.fade_in))
        self.fade_out.setValue(rate.seconds(clip.fade_out))
        index, _ = session.timeline.find(clip.id)
        self.form.setRowVisible(self.gain, session.timeline.tracks[index].kind == "audio")

    def apply(self) -> bool:
        """Set gain and fades."""
        rate = self._session.timeline.rate
        fades = (rate.frames(self.fade_in.value()), rate.frames(self.fade_out.value()))
        gain = self.gain.value()
        return attempt(self._session, lambda: self._session.set_sound(self._clip.id, gain, *fades))


class MarkerDialog(_EditDialog):
    """Name and colour of a marker, or its end."""

    def __init__(self, session: Session, marker: Marker, parent: QWidget | None = None) -> None:
        super().__init__(
            "markerDialog",
            tr("Marker at {timecode}", timecode=session.timeline.rate.timecode(marker.frame)),
            "Apply",
            parent,
        )
        self._session, self._marker = session, marker
        self.name = QLineEdit(marker.name)
        self.name.setMaxLength(80)
        self.name.setPlaceholderText(tr("What happens here?"))
        self.colour = QComboBox()
        for word in COLOURS:
            self.colour.addItem(_swatch(MARKER_COLOURS[word]), word.capitalize(), word)
        self.colour.setCurrentIndex(COLOURS.index(marker.colour))
        self._add(tr("Name"), self.name, "markerName")
        self._add("Colour", self.colour, "markerColour")
        self.delete_button = push_button("markerDelete", "Delete marker", "trash-2")
        self.delete_button.clicked.connect(self._delete)
        self.buttons.insertWidget(0, self.delete_button)

    def apply(self) -> bool:
        """Change the marker."""
        changed = replace(self._marker, name=self.name.text().strip(), colour=str(self.colour.currentData()))
        return attempt(self._session, lambda: self._session.put_marker(changed))

    def _delete(self) -> None:
        attempt(self._session, lambda: self._session.remove_marker(self._marker.id))
        self.reject()


def _spin(low: float, high: float, unit: str, decimals: int) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setDecimals(decimals)
    box.setSuffix(unit)
    box.setKeyboardTracking(False)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    inset(box)
    return box


def _swatch(colour: str) -> QIcon:
    made = QPixmap(14, 14)
    made.fill(QColor(colour))
    return QIcon(made)
