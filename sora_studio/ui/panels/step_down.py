"""The button of a job that ran out of memory: the mildest step down, and the others in its menu. Nothing is done before
it is pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from sora_studio.core.language import tr
from sora_studio.core.setup import StepDown
from sora_studio.ui.panels.controls import aired
from sora_studio.ui.theme import icon


class StepDownButton(QToolButton):
    """Hidden while there is nothing to offer."""

    chosen = Signal(object)
    """The Setup to go on in."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("jobStepDown")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIcon(icon("gauge"))
        self.setAccessibleName(tr("Take a step down"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._offers: tuple[StepDown, ...] = ()
        self.clicked.connect(self._take_first)
        self.offer(())

    def offer(self, offers: tuple[StepDown, ...]) -> None:
        """Show what can be done now, the mildest first."""
        self.setVisible(bool(offers))
        if offers == self._offers:
            return
        self._offers = offers
        menu = QMenu(self)
        for one in offers[1:]:
            act = menu.addAction(_text(one))
            act.triggered.connect(lambda _=False, one=one: self.chosen.emit(one.setup))
        self.setMenu(menu if len(offers) > 1 else None)  # type: ignore[arg-type]
        mode = QToolButton.ToolButtonPopupMode
        self.setPopupMode(mode.MenuButtonPopup if len(offers) > 1 else mode.DelayedPopup)
        if offers:
            self.setText(aired(_text(offers[0])))
            self.setAccessibleName(_text(offers[0]))
            self.setToolTip(_tip(offers[0]))

    def _take_first(self) -> None:
        self.chosen.emit(self._offers[0].setup)


def _text(one: StepDown) -> str:
    return tr("{act} (another picture)", act=one.words) if one.changes else one.words


def _tip(one: StepDown) -> str:
    if one.changes:
        return tr("Go on from where memory ran out. The picture becomes another one")
    return tr("Go on from where memory ran out. The picture stays the same")
