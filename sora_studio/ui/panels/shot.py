"""How the clip is made: shape, length, seed; the rest behind the Expert fold."""

from __future__ import annotations

import random

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QSpinBox, QToolButton, QWidget

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.language import mark, tr
from sora_studio.core.time import Size
from sora_studio.session.session import Session
from sora_studio.ui.panels.controls import Card, ElidedLabel, Segments, inset, label, row, seconds_box, tool_button
from sora_studio.ui.panels.draft_state import DraftState, chosen_engine
from sora_studio.ui.panels.fit_line import FitLine
from sora_studio.ui.panels.settings_fold import SettingsFold
from sora_studio.ui.theme import icon

RANDOM = -1
_SHAPES = ((16 / 9, "16:9"), (1.0, "1:1"), (9 / 16, "9:16"), (4 / 3, "4:3"), (3 / 4, "3:4"), (21 / 9, "21:9"))


def shape_name(size: Size) -> str:
    """The nearest usual name of a picture's shape."""
    return min(_SHAPES, key=lambda shape: abs(shape[0] / size.aspect - 1))[1]


def _glyph(size: Size) -> str:
    if abs(size.aspect - 1) < 0.1:
        return "square"
    return "rectangle-horizontal" if size.aspect > 1 else "rectangle-vertical"


def _by_shape(caps: Capabilities) -> dict[str, list[Size]]:
    """An engine's sizes by the names of their shapes."""
    shapes: dict[str, list[Size]] = {}
    for size in caps.sizes:
        shapes.setdefault(shape_name(size), []).append(size)
    return shapes


def _choices(shapes: dict[str, list[Size]]) -> list[tuple[str, str | None]]:
    return [(name, _glyph(sizes[0])) for name, sizes in shapes.items()]


class ShotPanel(Card):
    """Aspect, length, seed, seamless loop, Expert."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__("Shot", "shotPanel")
        self._draft, self._session = draft, session
        self._caps = chosen_engine(session, draft.value.engine)
        self._shapes = _by_shape(self._caps)
        self.aspect = Segments("aspect", "Shape", _choices(self._shapes))
        self.dimensions = QComboBox()
        self._dimensions_name = label("Size", "dim")
        self.length = seconds_box("length", "Length in seconds", 3600)
        self.seed = QSpinBox()
        self.dice = tool_button("dice", "dices", "Another seed")
        self.lock = tool_button("seedLock", "lock-open", "Keep this seed", checkable=True)
        self.loop = QCheckBox(tr("Seamless loop"))
        self.four = QToolButton()
        self.fit = FitLine(session, draft)
        self.expert = SettingsFold(session, draft)
        self._frames = ElidedLabel("faint", "frameCount")
        self._dress()
        self._lay_out()
        self.aspect.chosen.connect(self._shaped)
        self.dimensions.activated.connect(lambda index: draft.update(size=self.dimensions.itemData(index)))
        self.length.valueChanged.connect(lambda seconds: draft.update(seconds=seconds))
        self.seed.valueChanged.connect(lambda seed: draft.update(seed=None if seed == RANDOM else seed))
        self.dice.clicked.connect(self._roll)
        self.lock.clicked.connect(self._locked)
        self.loop.toggled.connect(lambda on: draft.update(loop=on))
        draft.changed.connect(self._follow)
        self._follow()

    def _dress(self) -> None:
        self.dimensions.setObjectName("size")
        self.dimensions.setAccessibleName(tr("Size"))
        self.dimensions.setToolTip(tr("Width and height in pixels: larger is finer and slower"))
        self.seed.setObjectName("seed")
        self.seed.setAccessibleName(tr("Seed"))
        self.seed.setRange(RANDOM, 2**31 - 1)
        self.seed.setSpecialValueText(tr("Random each time"))
        inset(self.seed)
        self.seed.setToolTip(tr("The same seed makes the same clip again"))
        self.loop.setObjectName("seamless")
        self.loop.setAccessibleName(tr("Seamless loop"))
        self.loop.setToolTip(tr("The clip ends where it begins"))
        self.four.setObjectName("fourSeeds")
        self.four.setProperty("role", "link")
        self.four.setText(tr("Four seeds…"))
        self.four.setAccessibleName(tr("Four seeds, continue the best"))
        self.four.setToolTip(tr("Run four seeds to an early step, side by side, and finish only the one you choose"))
        self.four.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 50)
        grid.setColumnStretch(1, 1)
        parts: tuple[tuple[str, QWidget, QWidget | None], ...] = (
            (mark("Shape"), self.aspect, None),
            (mark("Size"), self.dimensions, None),
            (mark("Length"), self.length, self._frames),
            (mark("Seed"), self.seed, None),
        )
        for line, (text, control, aside) in enumerate(parts):
            name = self._dimensions_name if control is self.dimensions else label(text, "dim")
            name.setBuddy(control)
            grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignVCenter)
            if control is self.seed:
                grid.addLayout(row(control, self.dice, self.lock, gap=2), line, 1)
            elif aside:
                both = row(control, aside, gap=8)
                both.setStretch(1, 1)
                grid.addLayout(both, line, 1)
            else:
                grid.addWidget(control, line, 1)
        self.seed.setMinimumWidth(96)
        grid.addLayout(row(self.loop, None, self.four, gap=4), len(parts), 1)
        self.body.addLayout(grid)
        self.body.addWidget(self.fit)
        self.body.addWidget(self.expert)

    def _roll(self) -> None:
        self._draft.update(seed=random.randrange(2**31))

    def _locked(self, on: bool) -> None:
        if on and self._draft.value.seed is None:
            self._roll()
        elif not on:
            self._draft.update(seed=None)

    def _shaped(self, index: int) -> None:
        """Another shape in about as many pixels."""
        now = self._draft.value.size
        sizes = list(self._shapes.values())[index]
        self._draft.update(size=min(sizes, key=lambda size: abs(size.width * size.height - now.width * now.height)))

    def _follow_engine(self) -> None:
        """The shapes and sizes of the engine that is chosen."""
        caps = chosen_engine(self._session, self._draft.value.engine)
        if caps.sizes != self._caps.sizes:
            self._shapes = _by_shape(caps)
            self.aspect.offer(_choices(self._shapes))
        self._caps = caps

    def _follow_size(self, size: Size) -> None:
        """The shape of a size, and the engine's sizes of that shape if there are several."""
        sizes = self._shapes.get(shape_name(size), [])
        if sizes:
            self.aspect.select(list(self._shapes).index(shape_name(size)))
        self.dimensions.clear()
        for known in sizes if size in sizes else [*sizes, size]:
            self.dimensions.addItem(str(known), known)
        self.dimensions.setCurrentText(str(size))
        for part in (self.dimensions, self._dimensions_name):
            part.setVisible(self.dimensions.count() > 1)

    def _follow(self) -> None:
        value = self._draft.value
        self._follow_engine()
        self._follow_size(value.size)
        self.length.setValue(value.seconds)
        self.seed.setValue(RANDOM if value.seed is None else value.seed)
        locked = value.seed is not None
        self.lock.setChecked(locked)
        self.lock.setIcon(icon("lock" if locked else "lock-open"))
        self.lock.setToolTip(tr("Let the seed change again") if locked else tr("Keep one seed"))
        self.lock.setAccessibleName(self.lock.toolTip())
        self.loop.setChecked(value.loop)
        frames = self._caps.rate.frames(value.seconds)
        windows = -(-max(1, frames - self._caps.overlap) // (self._caps.window - self._caps.overlap))
        made = "" if windows < 2 else tr(" · {windows} parts", windows=windows)
        self._frames.say(tr("{frames} frames{made}", frames=frames, made=made))
