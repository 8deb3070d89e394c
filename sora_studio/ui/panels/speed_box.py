"""What makes the chosen engine quicker on this machine, with what it costs: a box to tick for each setting."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.core.speed import ATTENTIONS, CACHE, COMPILED, explained, title
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.draft_state import DraftState


class SpeedBox(QWidget):
    """Remembered for the engine. What the engine or the machine does not offer is not shown."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__()
        self.setObjectName("speed")
        self._session, self._draft = session, draft
        self._boxes = {name: QCheckBox(title(name)) for name in (CACHE, COMPILED)}
        self.attention = QComboBox()
        self.attention.setObjectName("attention")
        self.attention.setAccessibleName(tr("Attention"))
        self.attention.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.attention.setMinimumContentsLength(12)
        self._offered: tuple[str, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for name, box in self._boxes.items():
            box.setObjectName(f"{name}Box")
            box.setToolTip(explained(name))
            box.setAccessibleDescription(explained(name))
            box.clicked.connect(self._choose)
            column.addWidget(box)
        column.addWidget(self.attention)
        self.attention.activated.connect(self._choose)

    def box(self, name: str) -> QCheckBox:
        """The box of a setting, by its name."""
        return self._boxes[name]

    def follow(self) -> bool:
        """Show what is offered and chosen for the draft's engine; returns whether anything is."""
        engine, fitting = self._draft.value.engine, self._session.fitting
        offered, speed = fitting.speeds(engine), fitting.speed(engine)
        for name, box in self._boxes.items():
            box.setVisible(name in offered)
            box.setChecked(name in speed.names)
        if offered != self._offered:
            self._offered = offered
            self._fill()
        self.attention.setVisible(self.attention.count() > 1)
        self.attention.setCurrentIndex(max(0, self.attention.findData(speed.attention)))
        self.attention.setToolTip(
            explained(speed.attention) if speed.attention else tr("Which kernels compute attention")
        )
        return bool(offered)

    def _fill(self) -> None:
        self.attention.clear()
        self.attention.addItem(tr("Attention as torch chooses"), "")
        for name in (name for name in self._offered if name in ATTENTIONS):
            self.attention.addItem(title(name), name)
            row = self.attention.count() - 1
            self.attention.setItemData(row, explained(name), Qt.ItemDataRole.ToolTipRole)
            self.attention.setItemData(row, explained(name), Qt.ItemDataRole.AccessibleDescriptionRole)

    def _choose(self) -> None:
        engine, fitting = self._draft.value.engine, self._session.fitting
        speed = replace(
            fitting.speed(engine),
            cache=self._boxes[CACHE].isChecked(),
            compiled=self._boxes[COMPILED].isChecked(),
            attention=self.attention.currentData() or "",
        )
        attempt(self._session, lambda: fitting.quicken(engine, speed))
