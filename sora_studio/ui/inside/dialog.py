"""A clip from the inside: noise, prediction and result by step, the grid of tokens, and the words they attend to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sora_studio.core.inside import Insight
from sora_studio.core.language import mark, tr
from sora_studio.session.insides import Inside
from sora_studio.session.session import Session
from sora_studio.ui.calm import calmed
from sora_studio.ui.inside.heat import heat_image, relative
from sora_studio.ui.inside.pane import Cell, InsidePane
from sora_studio.ui.inside.words import WordChips
from sora_studio.ui.monitor.picture import to_image, to_soft_image
from sora_studio.ui.panels.controls import ElidedLabel, ProgressBar, SliderRow, label, push_button, row

PANES = (
    ("insideNoisy", mark("Goes in"), mark("The noisy clip at the start of the step, as its small preview shows it")),
    ("insideClean", mark("Predicted"), mark("The clean clip that the network makes out in the noise at this step")),
    ("insideFinal", mark("Result"), mark("The finished clip")),
)
"""Name, title and explanation of the three pictures."""

HINT = mark(
    "A token covers {pixels} by {pixels} pixels of {frames} frames. Choose a word to see which of them attend to it; "
    "point at the picture to see one."
)
TALLEST = 0.86
"""Most of the screen's height that the view takes by itself."""


class InsideDialog(QDialog):
    """Stays beside the window and follows the session's look inside; closing it ends the look."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("insideDialog")
        self.setWindowTitle(tr("Inside"))
        self.setModal(False)
        self._session = session
        self._job = ""
        self._cell: Cell | None = None
        self.panes = tuple(InsidePane(name, tr(title), tr(about)) for name, title, about in PANES)
        self.titles: list[QLabel] = []
        self.prompt = ElidedLabel("dim", "insidePrompt")
        self.state = label("", "dim", "insideState")
        self.progress = ProgressBar()
        self.step = SliderRow("insideStep", "Step", (1, 1, 1), "{:.0f}")
        self.frame = SliderRow("insideFrame", "Frame", (1, 1, 1), "{:.0f}")
        self.words = WordChips()
        self.block = QComboBox()
        self.grid = QCheckBox(tr("Token grid"))
        self.subject = QCheckBox(tr("Where the subject is"))
        self.readout = ElidedLabel("dim", "insideReadout")
        self.leave = push_button("insideClose", "Close")
        self._dress()
        self._lay_out()
        self.step.moved.connect(lambda _at: self._show())
        self.frame.moved.connect(lambda _at: self._show())
        self.words.chosen.connect(self._choose)
        self.subject.toggled.connect(self._look_for_subject)
        self.block.currentIndexChanged.connect(lambda _index: self._show())
        self.grid.toggled.connect(lambda _on: self._show())
        self.leave.clicked.connect(self.close)
        for pane in self.panes:
            pane.pointed.connect(self._point)
        session.inside_changed.connect(self._follow)
        self._follow()

    @property
    def seen(self) -> Insight | None:
        """The step that is shown."""
        inside = self._session.inside
        if inside is None or not inside.insights:
            return None
        return inside.insights[min(len(inside.insights), round(self.step.value)) - 1]

    def closeEvent(self, event: QCloseEvent) -> None:
        """The look ends with the dialog."""
        self._session.drop_inside()
        super().closeEvent(event)

    def _dress(self) -> None:
        self.progress.setObjectName("insideProgress")
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.step.setToolTip(tr("The step of the way from noise to the clip"))
        self.frame.setToolTip(tr("The frame of the clip"))
        self.block.setObjectName("insideBlock")
        self.block.setAccessibleName(tr("Block of the transformer"))
        self.block.setToolTip(tr("Whose attention is shown: one block of the transformer, or the mean of all"))
        self.block.addItem(tr("All blocks"))
        self.block.setMinimumWidth(132)
        self.grid.setObjectName("insideGrid")
        self.grid.setToolTip(tr("Draw the squares that one token covers"))
        self.subject.setObjectName("insideSubject")
        self.subject.setToolTip(tr("Show where the network makes out the subject of the prompt in the noise"))
        self.leave.setToolTip(tr("Close; the clip stays as it is"))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        head = row(label("Inside this clip", "heading"), self.prompt, self.state, gap=12)
        head.setStretch(1, 1)
        column.addLayout(head)
        column.addWidget(self.progress)
        pictures = QHBoxLayout()
        pictures.setSpacing(10)
        for pane in self.panes:
            under = QVBoxLayout()
            under.setSpacing(4)
            title = label(pane.accessibleName(), "dim")
            self.titles.append(title)
            under.addWidget(title)
            under.addWidget(pane, 1)
            pictures.addLayout(under, 1)
        column.addLayout(pictures, 1)
        column.addLayout(row(self.step, self.frame, gap=28))
        above = label("Words the picture attends to", "title")
        column.addLayout(row(above, None, self.subject, self.grid, self.block, gap=14))
        column.addWidget(self.words)
        foot = row(self.readout, self.leave, gap=16)
        foot.setStretch(0, 1)
        column.addLayout(foot)
        self.resize(1200, 560)

    def _follow(self) -> None:
        inside = self._session.inside
        if inside is None:
            return
        if inside.job != self._job:
            self._job = inside.job
            self.step.set_value(1)
            self.frame.set_value(1)
        self.prompt.say(inside.prompt)
        self.state.setText(_state(inside))
        self.progress.setRange(0, inside.steps)
        self.progress.setValue(len(inside.insights))
        self.progress.setVisible(not inside.over)
        if inside.insights:
            self._widen(inside)
        self._show()

    def _widen(self, inside: Inside) -> None:
        """More steps to look at; a slider that stood at the newest goes on with it."""
        newest, first = len(inside.insights), inside.insights[0]
        at_newest = self.step.slider.value() == self.step.slider.maximum()
        self.step.slider.setMaximum(newest)
        if at_newest:
            self.step.set_value(newest)
        if self.frame.slider.maximum() != len(first.clean):
            self.frame.slider.setMaximum(len(first.clean))
            self.frame.set_value(len(first.clean) // 2 + 1)
            self._fit(first)
        self.words.show_words(first.words)
        for number in range(self.block.count(), first.blocks + 1):
            self.block.addItem(tr("Block {number}", number=number))

    def _fit(self, first: Insight) -> None:
        """As high as pictures of this shape need, if the screen has it."""
        height, width = first.clean.shape[1:3]
        pane = self.panes[0]
        wanted = self.height() - pane.height() + round(pane.width() * height / width)
        self.resize(self.width(), min(wanted, round(self.screen().availableGeometry().height() * TALLEST)))

    def _show(self) -> None:
        """The three pictures of the chosen step and frame."""
        inside, seen = self._session.inside, self.seen
        if inside is None or seen is None:
            for pane in self.panes:
                pane.show_picture(None, None, None, lines=False)
            self._say()
            return
        frame = min(len(seen.clean), round(self.frame.value)) - 1
        light = self._light(seen, frame)
        place = seen.grid[1], seen.grid[2]
        noisy = to_soft_image(calmed(seen.noisy)[frame])
        clean = to_soft_image(seen.clean[frame])
        lines = self.grid.isChecked()
        for pane, image in zip(self.panes, (noisy, clean, _result(inside, frame)), strict=True):
            lit = light if pane is not self.panes[0] else None
            pane.show_picture(image, lit, place, lines=lines)
        level = f"{seen.sigma:.2f}"
        self.titles[0].setText(
            tr("Goes in at step {step} of {steps}, noise {level}", step=seen.step, steps=seen.steps, level=level)
        )
        self._say()

    def _choose(self, word: int | None) -> None:
        if word is not None:
            self.subject.setChecked(False)
        self._show()

    def _look_for_subject(self, on: bool) -> None:
        if on:
            self.words.let_go()
        self._show()

    def _heat(self, seen: Insight) -> NDArray[np.float32] | None:
        """How much every place attends to the chosen word, (t, y, x)."""
        block = self.block.currentIndex() - 1
        return None if self.words.word is None else seen.heat(self.words.word, None if block < 0 else block)

    def _light(self, seen: Insight, frame: int) -> QImage | None:
        if self.subject.isChecked():
            return heat_image(seen.presence[seen.patch.row(frame)].astype(np.float32))
        heat = self._heat(seen)
        return None if heat is None else heat_image(relative(heat)[seen.patch.row(frame)])

    def _point(self, cell: Cell | None) -> None:
        self._cell = cell
        for pane in self.panes:
            pane.mark(cell)
        self._say()

    def _say(self) -> None:
        """What the pointer shows, or what there is to do."""
        inside, seen = self._session.inside, self.seen
        if inside is not None and inside.error:
            self.readout.say(inside.error)
        elif seen is None:
            self.readout.say(tr("The clip is made again with its own seed; each step appears as soon as it is done."))
        elif self._cell is None:
            self.readout.say(tr(HINT, pixels=seen.patch.pixels, frames=seen.patch.frames))
        else:
            self.readout.say(self._token(seen, self._cell))

    def _token(self, seen: Insight, cell: Cell) -> str:
        """A token in words."""
        patch, (y, x) = seen.patch, cell
        time = patch.row(min(len(seen.clean), round(self.frame.value)) - 1)
        first, last = patch.span(time)
        frames = tr("frame 1") if first == last else tr("frames {first} to {last}", first=first + 1, last=last + 1)
        left, top = x * patch.pixels, y * patch.pixels
        words = tr(
            "Token t {t}, y {y}, x {x}: {frames}, pixels {left} to {right} across and {top} to {bottom} down",
            t=time,
            y=y,
            x=x,
            frames=frames,
            left=left,
            right=left + patch.pixels - 1,
            top=top,
            bottom=top + patch.pixels - 1,
        )
        if self.subject.isChecked():
            sure = f"{100 * float(seen.presence[time, y, x]):.0f}"
            return f"{words}. {tr('The subject is here: {sure} % sure', sure=sure)}"
        heat, word = self._heat(seen), self.words.word
        if heat is None or word is None:
            return words
        share = f"{100 * float(heat[time, y, x]):.1f}"
        said = tr("{share} % of its attention is on “{word}”", share=share, word=seen.words[word].text)
        return f"{words}. {said}"


def _result(inside: Inside, frame: int) -> QImage | None:
    """A frame of what came of it; where there is none, the last prediction once all is over."""
    if inside.final is not None and frame < len(inside.final):
        return to_image(inside.final[frame])
    if inside.over and inside.insights:
        return to_soft_image(inside.insights[-1].clean[frame])
    return None


def _state(inside: Inside) -> str:
    """How far it is."""
    if inside.error or not inside.over:
        return tr("It could not be made") if inside.error else inside.words
    return tr("All {steps} steps are there", steps=len(inside.insights))
