"""The row under the picture to look back at how a clip formed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from sora_studio.core.engine import Preview
from sora_studio.core.language import tr
from sora_studio.ui.theme import tabular


class StepRow(QWidget):
    """A slider over the kept previews of one clip; its right end is the newest, or the finished clip."""

    chosen = Signal(int)
    """The index of a preview to look at, -1 for the newest or the finished clip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("monitor_steps")
        self.setAccessibleName(tr("Earlier steps"))
        # Its room stays when it hides, so that the picture keeps its size.
        keep = self.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keep)
        self._steps: tuple[Preview, ...] = ()
        self._live = False
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 0)
        row.setSpacing(10)
        name = QLabel(tr("Steps"), self)
        name.setProperty("role", "dim")
        row.addWidget(name)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("step_slider")
        self.slider.setAccessibleName(tr("Step to look at"))
        self.slider.setToolTip(tr("Look back at how this clip formed"))
        row.addWidget(self.slider, 1)
        self._place = QLabel("", self)
        self._place.setObjectName("step_place")
        self._place.setFont(tabular(12))
        self._place.setMinimumWidth(74)
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._place)
        self.slider.valueChanged.connect(self._moved)

    def show_steps(self, steps: tuple[Preview, ...], *, live: bool) -> None:
        """Offer previews; a slider at its right end stays there, another stays on its preview."""
        at_end = self.slider.value() == self.slider.maximum()
        old = self._steps[self.slider.value()] if not at_end and self.slider.value() < len(self._steps) else None
        self._steps, self._live = steps, live
        last = len(steps) - 1 if live else len(steps)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, last))
        place = next((index for index, one in enumerate(steps) if one is old), last)
        self.slider.setValue(place)
        self.slider.blockSignals(False)
        self._say()

    def to_end(self) -> None:
        """Back to the newest."""
        self.slider.setValue(self.slider.maximum())

    def _moved(self, value: int) -> None:
        self._say()
        self.chosen.emit(-1 if value == self.slider.maximum() else value)

    def _say(self) -> None:
        shown = next(iter(self._steps[self.slider.value() :]), None)
        text = f"{shown.step} / {shown.steps}" if shown else tr("Finished")
        self._place.setText(text)
        self.slider.setAccessibleDescription(text)
