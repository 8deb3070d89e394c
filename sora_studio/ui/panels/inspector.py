"""The inspector: the left column asks what to make, the right column how. Both edit one draft and both scroll."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.manner import manner_of
from sora_studio.core.recipe import Recipe
from sora_studio.core.request import Lora
from sora_studio.core.time import Size
from sora_studio.session.draft import Draft, nearest_size
from sora_studio.session.fitting import run_of_draft
from sora_studio.session.session import Notice, Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.again import AgainCard
from sora_studio.ui.panels.draft_state import DraftState, chosen_engine
from sora_studio.ui.panels.given import GivenPanel
from sora_studio.ui.panels.given_lane import GivenLane
from sora_studio.ui.panels.loras import LoraCard
from sora_studio.ui.panels.prompt import PromptPanel
from sora_studio.ui.panels.prompt_history import PromptTools
from sora_studio.ui.panels.shot import ShotPanel
from sora_studio.ui.panels.spot_card import SpotCard
from sora_studio.ui.panels.takes import TakesCard
from sora_studio.ui.panels.verbs import VerbsPanel

MIN_WIDTH = 288
"""Pixels of a column in which nothing is cut off."""


class Column(QScrollArea):
    """Cards one under the other; scrolls when the window is low."""

    def __init__(self, name: str, text: str, *cards: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(tr(text))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(MIN_WIDTH)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for card in cards:
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(inside)
        # The bar lies beside the cards only when it is there.
        self.verticalScrollBar().rangeChanged.connect(
            lambda low, high: column.setContentsMargins(0, 0, 4 if high > low else 0, 0)
        )

    def sizeHint(self) -> QSize:
        """A comfortable width; the height is what the window gives."""
        return QSize(312, 400)

    def minimumSizeHint(self) -> QSize:
        """Low windows scroll."""
        return QSize(MIN_WIDTH, 120)


class InspectorPanel(QWidget):
    """Prompt, verbs of the selection, given files and shot in one column."""

    def __init__(self, session: Session, chooser: FileChooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self._session = session
        self.state = DraftState(session.first_draft(), self)
        self.prompt = PromptPanel(session, self.state, chooser)
        self.tools = PromptTools(session, self.state, self.prompt.editor)
        self.prompt.body.insertWidget(self.prompt.body.indexOf(self.prompt.editor) + 1, self.tools)
        self.verbs = VerbsPanel(session, self.state)
        self.takes = TakesCard(session)
        self.again = AgainCard(session, self.state)
        self.spot = SpotCard(session, self.state)
        self.given = GivenPanel(self.state, chooser)
        self.lane = GivenLane(session, self.state)
        self.given.body.addWidget(self.lane)
        self.loras = LoraCard(session, self.state, chooser)
        self.shot = ShotPanel(session, self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        cards = (self.prompt, self.spot, self.verbs, self.takes, self.again, self.given, self.loras, self.shot)
        column.addWidget(Column("createColumn", "Create", *cards))
        self.shot.fit.judged.connect(lambda room: self.prompt.offer(room=room))
        self.shot.fit.follow()
        self.prompt.generate.connect(self.generate)
        self.verbs.take_over.connect(self.take_over)
        self.given.refused.connect(lambda text: session.noticed.emit(Notice("error", text)))
        self.given.first.dropped.connect(lambda _path: self.prompt.editor.setFocus())
        self.given.first.seen.connect(self._take_shape)
        session.selection_changed.connect(self.verbs.follow)
        session.changed.connect(self.verbs.follow)

    def draft(self) -> Draft:
        """What the artist asks for now."""
        return self.state.value

    def generate(self) -> None:
        """Make a new clip of the draft."""
        if self.prompt.button.isEnabled():
            attempt(self._session, lambda: self._session.generate(self.state.value))

    def _take_shape(self, width: int, height: int) -> None:
        """A first picture brings its shape."""
        caps = chosen_engine(self._session, self.state.value.engine)
        self.state.update(size=nearest_size(caps, Size(width, height)))

    def take_over(self, media_id: str) -> None:
        """Put the prompt, seed and settings that made a medium into the draft."""
        recipe = self._session.item(media_id).generated_from
        if recipe is not None:
            self.take_recipe(recipe)

    def take_recipe(self, recipe: Recipe) -> None:
        """Put what a recipe says into the draft, and run its model as it was run then, as far as this machine can;
        what is missing is said. One that is damaged changes nothing and says so."""
        self.prompt.aid.rest(str(recipe.get("prompt", "")))
        attempt(self._session, lambda: self._restore(recipe))

    def _restore(self, recipe: Recipe) -> None:
        fields, engine = fields_of(recipe), str(recipe.get("engine", ""))
        missing = [] if self._has(engine) else [_absent(engine)]
        if engine and not missing:
            self.state.update(engine=engine)  # ahead of the others: another engine brings what was set for it
        self.state.update(**fields)
        if engine and not missing and (setup := manner_of(recipe)) is not None:
            run = run_of_draft(self.state.value, chosen_engine(self._session, engine))
            missing += self._session.fitting.restore(engine, setup, run)
        if missing:
            self._session.noticed.emit(Notice("info", " ".join(missing)))

    def _has(self, engine: str) -> bool:
        """Whether an engine is here; recipes that name none are as good as of the one that is chosen."""
        return not engine or any(caps.engine == engine for caps in self._session.engines())

    def showEvent(self, event: QShowEvent) -> None:
        """The first key goes into the prompt."""
        super().showEvent(event)
        self.prompt.editor.setFocus()


def _absent(engine: str) -> str:
    return tr("Its model “{name}” is not here: another one takes its place.", name=Path(engine).name)


def fields_of(recipe: Recipe) -> dict[str, object]:
    """The fields of a draft that a recipe knows; the look's words are in its prompt already. Raises BadInput."""
    try:
        return {
            "prompt": str(recipe["prompt"]),
            "phrases": (),
            "negative": str(recipe["negative"]),
            "look": "",
            "loras": tuple(Lora(str(path), float(weight)) for path, weight in recipe.get("loras", ())),
            "seed": int(recipe["seed"]) % 2**31,
            "size": Size(*(int(side) for side in recipe["size"])),
            "steps": max(1, min(1000, int(recipe["steps"]))),
            "guidance": max(0.0, min(100.0, float(recipe["guidance"]))),
        }
    except (KeyError, TypeError, ValueError, OverflowError) as exc:
        raise BadInput(tr("The recipe in this file is damaged. Write the prompt anew.")) from exc
