"""A waiting job is changed before it is made: its words, its seed, its steps."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QFormLayout, QPlainTextEdit, QSpinBox, QVBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.session.draft import new_seed
from sora_studio.session.job_order import Wish
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.controls import label, push_button, row, tool_button


class EditJobDialog(QDialog):
    """Raises BadInput when the job no longer waits. What cannot be done is a notice, and the dialog stays."""

    def __init__(self, session: Session, job: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._job = session, job
        wish = session.wish_of(job)
        self.setObjectName("editJob")
        self.setWindowTitle(tr("Edit a waiting clip"))
        self.prompt = _words("editPrompt", tr("Prompt"), wish.prompt, 110)
        self.negative = _words("editNegative", tr("Negative prompt"), wish.negative, 54)
        self.seed = _number("editSeed", tr("Seed"), 0, 2**31 - 1, wish.seed)
        self.dice = tool_button("editDice", "dices", "Another seed", size=14)
        self.dice.clicked.connect(lambda: self.seed.setValue(new_seed()))
        self.steps = _number("editSteps", tr("Steps"), 1, 1000, wish.steps)
        self.save = push_button("editSave", "Save", role="primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        leave = push_button("editCancel", "Cancel")
        leave.clicked.connect(self.reject)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow(label("Prompt", "dim"), self.prompt)
        form.addRow(label("Negative prompt", "dim"), self.negative)
        form.addRow(label("Seed", "dim"), row(self.seed, self.dice, None))
        form.addRow(label("Steps", "dim"), row(self.steps, None))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        note = label("The prompt is the whole one that is sent, with its phrases and its look.", "faint")
        column.addLayout(form)
        column.addWidget(note)
        column.addLayout(row(None, leave, self.save))
        self.resize(520, 300)

    def _save(self) -> None:
        wish = Wish(self.prompt.toPlainText(), self.negative.toPlainText(), self.seed.value(), self.steps.value())
        if attempt(self._session, lambda: self._session.edit_job(self._job, wish)):
            self.accept()


def _words(name: str, title: str, text: str, height: int) -> QPlainTextEdit:
    made = QPlainTextEdit(text)
    made.setObjectName(name)
    made.setAccessibleName(title)
    made.setTabChangesFocus(True)
    made.setFixedHeight(height)
    return made


def _number(name: str, title: str, least: int, most: int, value: int) -> QSpinBox:
    made = QSpinBox()
    made.setObjectName(name)
    made.setAccessibleName(title)
    made.setRange(least, most)
    made.setValue(value)
    return made
