"""How the chosen model fits this machine, said beside what is asked for; and the ways to run it, to choose from."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel

from sora_studio.core.fitting import Fit, verdict_in_words
from sora_studio.core.language import tr
from sora_studio.core.setup import Setup, in_words
from sora_studio.core.speed import Speed
from sora_studio.session.fitting import Fitting, run_of_draft
from sora_studio.session.session import Session
from sora_studio.ui.panels.draft_state import DraftState, chosen_engine

ROLES = {"fits": "faint", "tight": "faint", "too large": "warning"}


def said(one: Fit, fitting: Fitting) -> str:
    """A way to run a model, in a sentence; what does not fit can be tried."""
    assert fitting.machine is not None
    words = verdict_in_words(one, fitting.machine)
    return words if one.verdict != "too large" else tr("{words} It can be tried anyway.", words=words)


class FitLine(QLabel):
    """Follows the draft. Hidden while there is nothing to say: the built-in model runs everywhere."""

    judged = Signal(bool)
    """Whether there is room for what is asked for."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__()
        self.setObjectName("fit")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._session, self._draft = session, draft
        draft.changed.connect(self.follow)
        session.fitting.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Say how the draft's engine fits now."""
        value, fitting = self._draft.value, self._session.fitting
        one = fitting.of(value.engine, run_of_draft(value, chosen_engine(self._session, value.engine)))
        self.setVisible(one is not None)
        if one is not None:
            text = said(one, fitting)
            self.setText(text)
            self.setAccessibleName(text)
            self.setProperty("role", ROLES[one.verdict])
            self.style().polish(self)
        self.judged.emit(one is None or one.verdict != "too large")


class SetupChooser(QComboBox):
    """The ways to run the draft's engine here. The first one is whatever fits best."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__()
        self.setObjectName("setup")
        self.setAccessibleName(tr("How it runs"))
        self.setToolTip(
            tr("What of the model lies on the card at once, and in which numbers: remembered for the engine")
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._session, self._draft = session, draft
        self._shown: tuple[str, tuple[Fit, ...]] = ("", ())
        self.activated.connect(self._choose)

    def follow(self) -> bool:
        """Offer what this machine can do; returns whether that is anything."""
        value, fitting = self._draft.value, self._session.fitting
        found = fitting.fits(value.engine, run_of_draft(value, chosen_engine(self._session, value.engine)))
        if (value.engine, found) != self._shown:
            self._shown = (value.engine, found)
            self._fill(found)
        self.setCurrentIndex(max(0, self._row(fitting.chosen(value.engine))) if found else -1)
        return bool(found)

    def _fill(self, found: tuple[Fit, ...]) -> None:
        self.clear()
        if not found:
            return
        self.addItem(tr("Automatic: what fits best"), None)
        for row, one in enumerate(found, 1):
            text, tip = in_words(one.setup), said(one, self._session.fitting)
            self.addItem(text[:1].upper() + text[1:], replace(one.setup, speed=Speed()))  # that is chosen beside it
            self.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
            self.setItemData(row, tip, Qt.ItemDataRole.AccessibleDescriptionRole)
        lines = (self.fontMetrics().horizontalAdvance(self.itemText(row)) for row in range(self.count()))
        self.view().setMinimumWidth(max(lines) + 48)

    def _row(self, setup: Setup | None) -> int:
        return next((row for row in range(self.count()) if self.itemData(row) == setup), -1)

    def _choose(self, row: int) -> None:
        self._session.fitting.choose(self._draft.value.engine, self.itemData(row))
