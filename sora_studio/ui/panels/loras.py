"""LoRA files with their weights: a list for whoever holds some, and the inspector's card with the words that wake
them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QPushButton, QVBoxLayout, QWidget

from sora_studio.core.language import tr, trn
from sora_studio.core.looks import MOST_LORAS, STRONGEST
from sora_studio.core.lora import FewSteps
from sora_studio.core.request import Lora
from sora_studio.session.adapting import few_of, with_lora, with_word, words_of
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.controls import Card, ElidedLabel, inset, push_button, row, tool_button
from sora_studio.ui.panels.draft_state import DraftState, chosen_engine
from sora_studio.ui.panels.flow import Flow


class LoraList(QWidget):
    """Files with their weights; `changed` when the artist made it another list."""

    changed = Signal()

    def __init__(self, loras: tuple[Lora, ...], chooser: FileChooser, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}s")
        self._name, self._chooser = name, chooser
        self._loras = list(loras)
        self.below: Callable[[Lora], QWidget | None] = lambda _lora: None
        """What stands under a file."""
        self.chosen: Callable[[Path], None] = self.take
        """What is done with a file that was chosen."""
        self.add = push_button(f"{name}Add", "Add a LoRA file…", "plus")
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.add.clicked.connect(self._ask)
        self._show()

    @property
    def value(self) -> tuple[Lora, ...]:
        """Files and weights as they are now."""
        return tuple(self._loras)

    def show_loras(self, loras: tuple[Lora, ...]) -> None:
        """Hold others. A list with other weights alone keeps its rows, so that a field being typed in stays."""
        same = [lora.path for lora in loras] == [lora.path for lora in self._loras]
        weights = loras == self.value
        self._loras = list(loras)
        if not same or (not weights and not self._typed(loras)):
            self._show()

    def _typed(self, loras: tuple[Lora, ...]) -> bool:
        """Whether the fields show these weights already."""
        fields = [made.findChild(QDoubleSpinBox) for made in self._rows]
        return [field is not None and round(field.value(), 2) for field in fields] == [lora.weight for lora in loras]

    def take(self, path: Path) -> None:
        """Add a file."""
        self._loras.append(Lora(str(path.absolute())))
        self._show()
        self.changed.emit()

    def _ask(self) -> None:
        path = self._chooser.open_file(self, tr("LoRA file"), tr("LoRA files (*.safetensors)"))
        if path is not None:
            self.chosen(path)

    def _show(self) -> None:
        for made in self._rows:
            self._column.removeWidget(made)
            made.hide()
            made.deleteLater()
        self._rows = [self._row(number) for number in range(len(self._loras))]
        for number, made in enumerate(self._rows):
            self._column.insertWidget(number, made)
        self.add.setEnabled(len(self._loras) < MOST_LORAS)

    def _row(self, number: int) -> QWidget:
        lora, name = self._loras[number], f"{self._name}{number}"
        path = Path(lora.path)
        words = ElidedLabel("" if path.is_file() else "error", name)
        words.say(path.name if path.is_file() else tr("{name} is missing", name=path.name))
        words.setToolTip(lora.path)
        weight = QDoubleSpinBox()
        weight.setObjectName(f"{name}Weight")
        weight.setAccessibleName(tr("Weight of {name}", name=path.name))
        weight.setRange(-STRONGEST, STRONGEST)
        weight.setSingleStep(0.1)
        weight.setValue(lora.weight)
        inset(weight)
        drop = tool_button(f"{name}Remove", "x", tr("Remove {name}", name=path.name), size=12)
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = row(words, weight, drop, gap=6)
        line.setStretch(0, 1)
        column.addLayout(line)
        below = self.below(lora)
        if below is not None:
            column.addWidget(below)
        weight.valueChanged.connect(lambda value: self._weigh(number, value))
        drop.clicked.connect(lambda: self._drop(number))
        return made

    def _weigh(self, number: int, value: float) -> None:
        self._loras[number] = replace(self._loras[number], weight=round(value, 2))
        self.changed.emit()

    def _drop(self, number: int) -> None:
        del self._loras[number]
        self._show()
        self.changed.emit()


class LoraCard(Card):
    """The LoRAs of the draft. A chip for each word that wakes one puts it into the prompt."""

    def __init__(self, session: Session, draft: DraftState, chooser: FileChooser) -> None:
        super().__init__(tr("LoRA"), "loraCard")
        self.caption.setText(tr("LoRA"))  # a name, which capitals would spoil
        self._session, self._draft = session, draft
        self.list = LoraList((), chooser, "lora")
        self.list.below, self.list.chosen = self._chips, self.take
        self.body.addWidget(self.list)
        self.list.changed.connect(lambda: draft.update(loras=self.list.value))
        draft.changed.connect(self._follow)
        self._follow()

    def take(self, path: Path) -> None:
        """Use a file; what is no LoRA is said."""
        attempt(self._session, lambda: self._draft.update(loras=with_lora(self._draft.value, path).loras))

    def _chips(self, lora: Lora) -> QWidget | None:
        few, words = few_of(lora), words_of(lora)
        if few is None and not words:
            return None
        flow = Flow("loraWords")
        steps = [self._offer(few)] if few is not None else []
        flow.show_items([*steps, *(self._chip(word) for word in words)])
        return flow

    def _offer(self, few: FewSteps) -> QPushButton:
        """The steps that a distilled LoRA was made for: taken on when they are asked for."""
        chip = QPushButton(trn("Use its {count} step", "Use its {count} steps", few.steps))
        chip.setObjectName("loraSteps")
        chip.setProperty("role", "chip")
        told = tr(
            "Made for {steps} steps and guidance {guidance}: many times quicker",
            steps=few.steps,
            guidance=f"{few.guidance:g}",
        )
        chip.setAccessibleDescription(told)
        chip.setToolTip(told)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.clicked.connect(lambda: self._draft.update(steps=few.steps, guidance=few.guidance))
        return chip

    def _chip(self, word: str) -> QPushButton:
        chip = QPushButton(word.replace("&", "&&"))
        chip.setObjectName("loraWord")
        chip.setProperty("role", "chip")
        chip.setAccessibleName(tr("Add “{word}” to the prompt", word=word))
        chip.setToolTip(chip.accessibleName())
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.clicked.connect(partial(self._say, word))
        return chip

    def _say(self, word: str, _checked: bool = False) -> None:
        self._draft.update(prompt=with_word(self._draft.value.prompt, word))

    def _follow(self) -> None:
        offered = chosen_engine(self._session, self._draft.value.engine).loras
        if self.parentWidget() is not None or not offered:  # before it has its place it would be a window
            self.setVisible(offered)
        self.list.show_loras(self._draft.value.loras)
