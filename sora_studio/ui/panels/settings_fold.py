"""The Expert fold: what a first clip does not need. What is set here is remembered for each engine."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QLineEdit

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.fitting import VERDICTS
from sora_studio.core.language import mark, tr
from sora_studio.session.draft import nearest_size
from sora_studio.session.fitting import run_of_draft
from sora_studio.session.prompt_book import EngineChoice, EngineChoices
from sora_studio.session.session import Session
from sora_studio.ui.panels.controls import ElidedLabel, Fold, Segments, SliderRow, label, push_button, row
from sora_studio.ui.panels.draft_state import DraftState, chosen_engine
from sora_studio.ui.panels.engine_chooser import EngineChooser
from sora_studio.ui.panels.fit_line import SetupChooser, said
from sora_studio.ui.panels.speed_box import SpeedBox

MOST_STEPS = 60
SOON_MS = 400
"""After the last change, the choices are written to the disk."""
DRAFT, FINE = 0, 1
_CHANGED = "  •"


class SettingsFold(Fold):
    """Follows the draft and writes to it. A dot marks what is not as the engine wants it."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__("Expert", "expert")
        self._session, self._draft = session, draft
        self.choices = EngineChoices()
        self._engine = draft.value.engine
        self.engine = EngineChooser(session.engine_shelf, self._fit_of)
        self.about = ElidedLabel("faint", "engineAbout")
        self.setup = SetupChooser(session, draft)
        self.speed = SpeedBox(session, draft)
        self.mode = Segments("mode", "Mode", [("Draft", None), ("Fine", None)])
        self.mode.setToolTip(tr("Draft takes few steps: quick sketches that can be finalised later"))
        self.negative = QLineEdit()
        self.negative.setObjectName("negative")
        self.negative.setAccessibleName(tr("Negative prompt"))
        self.negative.setPlaceholderText(tr("What to keep out"))
        self.steps = SliderRow("steps", "Steps", (1, MOST_STEPS, 1), "{:.0f}")
        self.steps.setToolTip(tr("More steps: finer and slower"))
        self.guidance = SliderRow("guidance", "Guidance", (0, 12, 0.5), "{:.1f}")
        self.guidance.setToolTip(tr("How closely the picture follows the words"))
        self.reset = push_button("resetEngine", "Reset to the engine's own", "rotate-ccw")
        self.reset.setToolTip(tr("Steps, guidance and negative prompt as the engine wants them"))
        self._names: dict[str, QLabel] = {}
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.keep)
        self._wire()
        self._take_remembered()
        self._follow()

    def _lay_out(self) -> None:
        controls = {
            mark("Engine"): self.engine,
            mark("Runs"): self.setup,
            mark("Quicker"): self.speed,
            mark("Mode"): self.mode,
            mark("Avoid"): self.negative,
        }
        for text, control in controls.items():
            name = label(text, "dim")
            name.setMinimumWidth(72)
            name.setBuddy(control)
            self._names[text] = name
            line = row(name, gap=8)
            line.addWidget(control, 1)
            self.body.addLayout(line)
            if control is self.engine:
                self.body.addWidget(self.about)
        self.body.addWidget(self.steps)
        self.body.addWidget(self.guidance)
        self.body.addWidget(self.reset)

    def _wire(self) -> None:
        draft = self._draft
        self.engine.activated.connect(lambda index: draft.update(engine=self.engine.itemData(index)))
        self.mode.chosen.connect(self._choose_mode)
        self.negative.textChanged.connect(lambda text: draft.update(negative=text))
        self.steps.moved.connect(lambda steps: draft.update(steps=round(steps)))
        self.guidance.moved.connect(lambda guidance: draft.update(guidance=guidance))
        self.reset.clicked.connect(self._reset)
        draft.changed.connect(self._changed)
        self._session.fitting.changed.connect(self._follow_setup)

    def _caps(self) -> Capabilities:
        return chosen_engine(self._session, self._draft.value.engine)

    def _fit_of(self, caps: Capabilities) -> tuple[str, str]:
        """How an engine fits what is asked for, with its own steps, in a word and in a sentence."""
        value, fitting = self._draft.value, self._session.fitting
        size = value.size if value.size in caps.sizes else nearest_size(caps, value.size)
        asked = replace(value, engine=caps.engine, size=size, steps=caps.steps, guidance=caps.guidance)
        one = fitting.of(caps.engine, run_of_draft(asked, caps))
        return ("", "") if one is None else (tr(VERDICTS[one.verdict]), said(one, fitting))

    def _choose_mode(self, mode: int) -> None:
        caps = self._caps()
        self._draft.update(steps=caps.draft_steps if mode == DRAFT else caps.steps)

    def _reset(self) -> None:
        caps = self._caps()
        self._draft.update(steps=caps.steps, guidance=caps.guidance, negative="")

    def keep(self) -> None:
        """Remember what is set for this engine; what is as the engine wants it needs no remembering."""
        value, caps = self._draft.value, self._caps()
        choice = EngineChoice(value.steps, value.guidance, value.negative)
        self.choices.keep(self._engine, None if choice == EngineChoice(caps.steps, caps.guidance) else choice)

    def _take_remembered(self) -> None:
        """Bring back what was set for the engine that is chosen."""
        choice = self.choices.of(self._engine)
        if choice is not None:
            self._draft.update(steps=choice.steps, guidance=choice.guidance, negative=choice.negative)

    def _changed(self) -> None:
        """Another engine brings its own settings; anything else is remembered soon."""
        engine = self._draft.value.engine
        if engine != self._engine:
            self._engine = engine
            caps = self._caps()
            choice = self.choices.of(engine) or EngineChoice(caps.steps, caps.guidance)
            size = self._draft.value.size
            self._draft.update(
                steps=choice.steps,
                guidance=choice.guidance,
                negative=choice.negative,
                size=size if size in caps.sizes else nearest_size(caps, size),
            )
        else:
            self._soon.start()
        self._follow()

    def _follow(self) -> None:
        value, caps = self._draft.value, self._caps()
        self.engine.choose(value.engine)
        self._follow_setup()
        self.about.say(tr(caps.description))
        if value.negative != self.negative.text():
            self.negative.setText(value.negative)
        self.steps.set_value(value.steps)
        self.guidance.set_value(value.guidance)
        self.mode.select(DRAFT if value.steps <= caps.draft_steps else FINE)
        differs = {
            "Avoid": bool(value.negative),
            "steps": value.steps != caps.steps,
            "guidance": value.guidance != caps.guidance,
        }
        _mark(self._names["Avoid"], tr("Avoid"), differs["Avoid"])
        self.steps.mark_changed(differs["steps"])
        self.guidance.mark_changed(differs["guidance"])
        self.reset.setEnabled(any(differs.values()))

    def _follow_setup(self) -> None:
        """The ways to run the engine, and to have it quicker, while there are any."""
        any_way = self.setup.follow()
        any_speed = self.speed.follow()
        for name, part, shown in (("Runs", self.setup, any_way), ("Quicker", self.speed, any_speed)):
            part.setVisible(shown)
            self._names[name].setVisible(shown)


def _mark(name: QLabel, text: str, changed: bool) -> None:
    """A dot behind the name of a value that is not the engine's own; said in words too."""
    text = tr(text)
    name.setText(f"{text}{_CHANGED}" if changed else text)
    name.setAccessibleName(tr("{text}, changed", text=text) if changed else text)
