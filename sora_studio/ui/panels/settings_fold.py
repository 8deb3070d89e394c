"""The Expert fold: what a first clip does not need. Engine, negative prompt, steps, guidance."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit

from sora_studio.core.language import tr
from sora_studio.session.session import Session
from sora_studio.ui.panels.controls import Fold, SliderRow, label, row
from sora_studio.ui.panels.draft_state import DraftState

MOST_STEPS = 60


class SettingsFold(Fold):
    """Follows the draft and writes to it."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__("Expert", "expert")
        self._draft = draft
        self.engine = QComboBox()
        self.engine.setObjectName("engine")
        self.engine.setAccessibleName(tr("Engine"))
        for engine in session.engines():
            self.engine.addItem(engine.title, engine.engine)
            self.engine.setItemData(self.engine.count() - 1, engine.description, 3)  # the tooltip
        self.negative = QLineEdit()
        self.negative.setObjectName("negative")
        self.negative.setAccessibleName(tr("Negative prompt"))
        self.negative.setPlaceholderText(tr("What to keep out"))
        self.steps = SliderRow("steps", "Steps", (1, MOST_STEPS, 1), "{:.0f}")
        self.steps.setToolTip(tr("More steps: finer and slower"))
        self.guidance = SliderRow("guidance", "Guidance", (0, 12, 0.5), "{:.1f}")
        self.guidance.setToolTip(tr("How closely the picture follows the words"))
        for text, control in (("Engine", self.engine), ("Avoid", self.negative)):
            name = label(text, "dim")
            name.setMinimumWidth(72)
            name.setBuddy(control)
            line = row(name, gap=8)
            line.addWidget(control, 1)
            self.body.addLayout(line)
        self.body.addWidget(self.steps)
        self.body.addWidget(self.guidance)
        self.engine.currentIndexChanged.connect(lambda index: draft.update(engine=self.engine.itemData(index)))
        self.negative.textChanged.connect(lambda text: draft.update(negative=text))
        self.steps.moved.connect(lambda steps: draft.update(steps=round(steps)))
        self.guidance.moved.connect(lambda guidance: draft.update(guidance=guidance))
        draft.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        value = self._draft.value
        self.engine.setCurrentIndex(max(0, self.engine.findData(value.engine)))
        if value.negative != self.negative.text():
            self.negative.setText(value.negative)
        self.steps.set_value(value.steps)
        self.guidance.set_value(value.guidance)
