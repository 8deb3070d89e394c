"""Four seeds side by side while they form: choose one with a click or the keys 1 to 4, and it goes on as a clip."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from sora_studio.core.engine import Preview
from sora_studio.core.language import tr
from sora_studio.session.seeds import CONTENDERS, Contender, Trial
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.calm import calmed
from sora_studio.ui.monitor.picture import to_soft_image
from sora_studio.ui.panels.controls import SliderRow, label, push_button, row
from sora_studio.ui.pictures import cover
from sora_studio.ui.theme import colour, icon, tabular

BEAT_MS = 60
"""How often the previews go on by a frame, if one is due."""
RATE = 8
"""Preview frames a second."""


class SeedTile(QPushButton):
    """One contender: its newest preview in motion, its number, and how far it is."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.setObjectName(f"seed{number}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._one: Contender | None = None
        self._preview: Preview | None = None
        self._images: dict[int, QImage] = {}
        self._place = 0

    def sizeHint(self) -> QSize:
        """The shape of most clips."""
        return QSize(320, 188)

    def minimumSizeHint(self) -> QSize:
        """Large enough to judge by."""
        return QSize(200, 118)

    def show_contender(self, one: Contender) -> None:
        """Follow a contender."""
        self._one = one
        if one.preview is not self._preview:
            self._preview, self._images = one.preview, {}
        words = one.error or (tr("Ready to go on") if one.ready else one.words)
        self.setAccessibleName(tr("Seed {number}: {words}", number=self.number, words=words))
        self.setToolTip(one.error or tr("Continue seed {seed} (key {number})", seed=one.seed, number=self.number))
        self.setEnabled(not one.error)
        self.update()

    def turn(self, place: int) -> None:
        """Show the preview's frame at a place of the common loop."""
        if self._preview is not None and place != self._place:
            self._place = place
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Preview, number and state."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surround"))
        painter.drawRoundedRect(frame, 8, 8)
        if self._preview is not None:
            cover(painter, frame, self._image(self._place % len(self._preview.frames)), 8)
        else:
            middle = self.rect().center()
            icon("hourglass", "faint").paint(painter, middle.x() - 10, middle.y() - 10, 20, 20)
        self._paint_words(painter, frame)
        lit = self.underMouse() or self.hasFocus()
        ready = self._one is not None and self._one.ready
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour("accent2" if lit else "accent" if ready else "line2"), 2.5 if lit else 1.5))
        painter.drawRoundedRect(frame, 8, 8)
        painter.end()

    def _paint_words(self, painter: QPainter, frame: QRectF) -> None:
        one = self._one
        if one is None:
            return
        words = one.error or (tr("seed {name}", name=one.seed) if one.ready else one.words)
        painter.setFont(tabular(12))
        strip = QRectF(frame.left() + 8, frame.bottom() - 32, frame.width() - 16, 24)
        number = QRectF(strip.left(), strip.top(), 24, 24)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("bg", 0.85))
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(strip.width()) - 50)
        pill = QRectF(number.right() + 6, strip.top(), painter.fontMetrics().horizontalAdvance(text) + 18, 24)
        painter.drawRoundedRect(number, 6, 6)
        painter.drawRoundedRect(pill, 6, 6)
        painter.setPen(colour("accent2" if one.ready else "text"))
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(self.number))
        painter.setPen(colour("err" if one.error else "text"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def _image(self, place: int) -> QImage:
        if place not in self._images and self._preview is not None:
            self._images[place] = to_soft_image(calmed(self._preview.frames)[place])
        return self._images[place]


class SeedsDialog(QDialog):
    """Stays beside the window and follows the session's trial. Closing it gives the trial up."""

    asked = Signal()
    """Four others are wanted, of the draft as it is now."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seedsDialog")
        self.setWindowTitle(tr("Four seeds"))
        self.setModal(False)
        self._session = session
        self._began = time.monotonic()
        self.tiles = tuple(SeedTile(number) for number in range(1, CONTENDERS + 1))
        self.state = label("", "dim", "seedsState")
        self.state.setWordWrap(True)
        self.step = SliderRow("seedsStep", "Compare after step", (1, 59, 1), "{:.0f}")
        self.step.setToolTip(tr("The step at which the four are held: later shows more and takes longer"))
        self.others = push_button("seedsOthers", "Four others", "dices")
        self.others.setToolTip(tr("Try four other seeds with the prompt as it is now"))
        self.leave = push_button("seedsLeave", "Give up")
        self.leave.setToolTip(tr("Let the four go; nothing was put on the timeline"))
        self._lay_out()
        for tile in self.tiles:
            tile.clicked.connect(lambda _checked=False, number=tile.number: self.choose(number))
        self.others.clicked.connect(self.asked.emit)
        self.leave.clicked.connect(self.close)
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._turn)
        session.trial_changed.connect(self._follow)
        self._follow()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, tile in enumerate(self.tiles):
            grid.addWidget(tile, place // 2, place % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(12)
        column.addWidget(label("Which one shall go on?", "heading"))
        column.addWidget(self.state)
        column.addLayout(grid, 1)
        line = row(self.step, self.others, self.leave)
        line.setStretch(0, 1)
        column.addLayout(line)

    def choose(self, number: int) -> None:
        """Continue a contender as a clip and close."""
        if attempt(self._session, lambda: self._session.continue_seed(number)):
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 4 choose."""
        number = event.key() - Qt.Key.Key_0
        if 1 <= number <= CONTENDERS and self.tiles[number - 1].isEnabled():
            self.choose(number)
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The trial ends with the dialog."""
        self._session.drop_trial()
        super().closeEvent(event)

    def _follow(self) -> None:
        trial = self._session.trial
        if trial is None:
            self._beat.stop()
            return
        self.step.slider.setMaximum(trial.steps - 1)
        if not self.step.slider.hasFocus():
            self.step.set_value(trial.step)
        for tile, one in zip(self.tiles, trial.contenders, strict=True):
            tile.show_contender(one)
        self.state.setText(_state(trial))
        if not self._beat.isActive():
            self._beat.start()

    def _turn(self) -> None:
        place = int((time.monotonic() - self._began) * RATE)
        for tile in self.tiles:
            tile.turn(place)


def _state(trial: Trial) -> str:
    failed = sum(bool(one.error) for one in trial.contenders)
    if failed == len(trial.contenders):
        return trial.contenders[0].error
    if trial.decided:
        return tr(
            "All stand at step {step} of {steps}. Click one, or press 1 to 4: only that one is finished.",
            step=trial.step,
            steps=trial.steps,
        )
    there = sum(one.ready for one in trial.contenders)
    come = tr("{there} of {count} have come to step {step}.", there=there, count=len(trial.contenders), step=trial.step)
    return tr("{come} You may choose before the others are there.", come=come)
