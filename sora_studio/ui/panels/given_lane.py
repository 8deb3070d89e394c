"""The axis of the clip to be made, with the pictures and videos that are given at their times: drop, drag, delete."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.session.draft import Draft, Keyframe
from sora_studio.session.session import Session
from sora_studio.ui.async_jobs import spawn
from sora_studio.ui.panels.controls import SliderRow, row, seconds_box, tool_button
from sora_studio.ui.panels.draft_state import DraftState, chosen_engine
from sora_studio.ui.panels.own_keys import claims
from sora_studio.ui.pictures import cover, picture_of
from sora_studio.ui.theme import colour, tabular, ui_font

HEIGHT = 70
TILE = QSize(46, 30)
_EDGE = 25
"""Pixels from the sides to the ends of the axis: half a tile."""

_KEYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_Delete, Qt.Key.Key_Backspace),
)


@dataclass(frozen=True, slots=True)
class LaneItem:
    """Something given: `field` says where the draft keeps it, "first", "last" or the place among its keyframes."""

    field: str | int
    at: float
    path: Path
    strength: float = 1.0


def items_of(draft: Draft) -> tuple[LaneItem, ...]:
    """What a draft gives, in order of time."""
    found = [LaneItem(place, one.at, one.path, one.strength) for place, one in enumerate(draft.given)]
    if draft.first is not None:
        found.append(LaneItem("first", 0.0, draft.first))
    if draft.last is not None:
        found.append(LaneItem("last", draft.seconds, draft.last))
    return tuple(sorted(found, key=lambda item: item.at))


def changed(draft: Draft, item: LaneItem, after: LaneItem | None) -> dict[str, object]:
    """The fields of a draft in which an item is another one, or gone. First and last picture that go elsewhere, or are
    kept in part, become keyframes."""
    given = draft.given
    match item.field:
        case int(place):
            kept = () if after is None else (Keyframe(after.at, after.path, after.strength),)
            return {"given": (*given[:place], *kept, *given[place + 1 :])}
        case str(name):
            if after is None:
                return {name: None}
            return {name: None, "given": (*given, Keyframe(after.at, after.path, after.strength))}
        case _:
            assert_never(item.field)


class LaneAxis(QWidget):
    """Paints the items and moves them; asks for changes through signals."""

    picked = Signal(object)
    """A LaneItem, or None."""
    changed = Signal(object, object)
    """A LaneItem, and what it shall be; None takes it away."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("givenAxis")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            tr(
                "Pictures and videos at their time: drop one, drag it along. Left and Right move it, Up "
                "and Down choose another, plus and minus its strength, Delete takes it away"
            )
        )
        self.items: tuple[LaneItem, ...] = ()
        self.seconds, self.frame = 2.0, 0.125
        self.chosen: LaneItem | None = None
        self._images: dict[Path, QImage | None] = {}
        self._drag: float | None = None
        self._drop: float | None = None

    def show_items(self, items: tuple[LaneItem, ...], seconds: float, frame: float) -> None:
        """Follow a draft that lasts `seconds`, with `frame` seconds a frame."""
        self.items, self.seconds, self.frame = items, max(frame, seconds), frame
        if self.chosen is not None:
            same = [one for one in items if one.path == self.chosen.path]
            at = self.chosen.at
            self.choose(min(same, key=lambda one: abs(one.at - at)) if same else None)
        for item in items:
            if item.path not in self._images:
                self._images[item.path] = None
                spawn(self._read(item.path), lambda _error: None)
        words = [
            tr("{name} at {at:.2f} s, {strength:.0%} kept", name=one.path.name, at=one.at, strength=one.strength)
            for one in items
        ]
        self.setAccessibleName(tr("Given frames"))
        self.setAccessibleDescription("; ".join(words) or tr("Nothing is given"))
        self.update()

    def choose(self, item: LaneItem | None) -> None:
        """Pick an item."""
        if item != self.chosen:
            self.chosen = item
            self.picked.emit(item)
            self.update()

    def x_of(self, seconds: float) -> float:
        """Pixels of a time."""
        return _EDGE + (self.width() - 2 * _EDGE) * min(1.0, seconds / self.seconds)

    def at(self, x: float) -> float:
        """The time at a pixel, on a frame."""
        share = (x - _EDGE) / max(1, self.width() - 2 * _EDGE)
        return round(min(1.0, max(0.0, share)) * self.seconds / self.frame) * self.frame

    def item_at(self, at: QPointF) -> LaneItem | None:
        """The item under a point, the uppermost first."""
        return next((one for one in reversed(self.items) if self._box(one).contains(at)), None)

    def _box(self, item: LaneItem) -> QRectF:
        x = self.x_of(item.at)
        if item == self.chosen and self._drag is not None:
            x = self.x_of(self._drag)
        return QRectF(x - TILE.width() / 2, 6, TILE.width(), TILE.height())

    async def _read(self, path: Path) -> None:
        self._images[path] = await asyncio.to_thread(picture_of, path, 120)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick what lies there."""
        self.choose(self.item_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it along the axis."""
        if self.chosen is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag = self.at(event.position().x())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave it there."""
        del event
        to, self._drag = self._drag, None
        if self.chosen is not None and to is not None:
            self._move(to)

    def event(self, event: QEvent) -> bool:
        """Its keys are its own while it has the focus."""
        return claims(event, _KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything the mouse can do."""
        step = 1.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.frame
        item = self.chosen
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._choose_by(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Left if item:
                self._move(item.at - step)
            case Qt.Key.Key_Right if item:
                self._move(item.at + step)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal if item:
                self._ask(replace(item, strength=min(1.0, round(item.strength + 0.05, 2))))
            case Qt.Key.Key_Minus if item:
                self._ask(replace(item, strength=max(0.05, round(item.strength - 0.05, 2))))
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace if item:
                self.changed.emit(item, None)
            case _:
                super().keyPressEvent(event)

    def _choose_by(self, by: int) -> None:
        if self.items:
            place = self.items.index(self.chosen) + by if self.chosen in self.items else 0
            self.choose(self.items[place % len(self.items)])

    def _move(self, to: float) -> None:
        if self.chosen is not None:
            to = round(min(self.seconds, max(0.0, to)) / self.frame) * self.frame
            self._ask(replace(self.chosen, at=min(self.seconds, to)))

    def _ask(self, after: LaneItem) -> None:
        before, self.chosen = self.chosen, after
        if after != before:
            self.changed.emit(before, after)

    def show_drop(self, at: float | None) -> None:
        """Mark where something would stand; None forgets it."""
        self._drop = at
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axis, seconds, items with their strength, and the place of a drop."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        hot = self._drop is not None or self.hasFocus()
        painter.setPen(QPen(colour("accent2" if hot else "line2"), 1))
        painter.setBrush(colour("bg"))
        painter.drawRoundedRect(frame, 7, 7)
        self._paint_axis(painter)
        for item in self.items:
            if item != self.chosen:
                self._paint_item(painter, item)
        if self.chosen in self.items:
            self._paint_item(painter, self.chosen)
        if self._drop is not None:
            x = self.x_of(self._drop)
            painter.fillRect(QRectF(x - 1, 4, 2, HEIGHT - 25), colour("accent2"))
        painter.end()

    def _paint_axis(self, painter: QPainter) -> None:
        base = HEIGHT - 20
        painter.setPen(QPen(colour("line2"), 1))
        painter.drawLine(QPointF(_EDGE, base), QPointF(self.width() - _EDGE, base))
        painter.setFont(tabular(10))
        painter.setPen(colour("faint"))
        every = next((step for step in (0.5, 1, 2, 5, 10, 30, 60) if self.seconds / step <= 6), 120)
        for tick in range(int(self.seconds / every) + 1):
            x = self.x_of(tick * every)
            painter.drawLine(QPointF(x, base), QPointF(x, base + 3))
            painter.drawText(QRectF(x - 20, base + 2, 40, 13), Qt.AlignmentFlag.AlignCenter, f"{tick * every:g} s")
        if not self.items:
            painter.setFont(ui_font(11))
            words = tr("Drop a picture or video at its time")
            painter.drawText(QRectF(0, 6, self.width(), TILE.height()), Qt.AlignmentFlag.AlignCenter, words)

    def _paint_item(self, painter: QPainter, item: LaneItem | None) -> None:
        if item is None:
            return
        box = self._box(item)
        image = self._images.get(item.path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("raised2"))
        painter.drawRoundedRect(box, 4, 4)
        if image is not None:
            painter.setOpacity(0.35 + 0.65 * item.strength)
            cover(painter, box, image, 4)
            painter.setOpacity(1.0)
        chosen = item == self.chosen
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour("accent" if chosen else "line2"), 2 if chosen else 1))
        painter.drawRoundedRect(box, 4, 4)
        foot = QRectF(box.left(), box.bottom() + 3, box.width(), 3)
        painter.fillRect(foot, colour("line2"))
        painter.fillRect(QRectF(foot.left(), foot.top(), foot.width() * item.strength, 3), colour("accent"))
        painter.drawLine(QPointF(box.center().x(), foot.bottom() + 1), QPointF(box.center().x(), HEIGHT - 20))


class GivenLane(QWidget):
    """The axis, and for what is picked on it: its time, its strength, and a button that takes it away."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__()
        self.setObjectName("givenLane")
        self._session, self._draft = session, draft
        self.axis = LaneAxis()
        self.strength = SliderRow("givenStrength", "Strength", (5, 100, 5), "{:.0f} %")
        self.strength.setToolTip(tr("How much of it is kept"))
        self.time = seconds_box("givenTime", "Time of the picked frames", 3600)
        self.time.setMinimum(0)
        self.time.setDecimals(2)
        self.remove = tool_button("givenRemove", "trash-2", "Take it away")
        self._detail = QWidget()
        detail = QVBoxLayout(self._detail)
        detail.setContentsMargins(0, 0, 0, 0)
        detail.setSpacing(6)
        detail.addWidget(self.strength)
        line = row(self.time, None, self.remove)
        detail.addLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.axis)
        column.addWidget(self._detail)
        self.axis.changed.connect(self._change)
        self.axis.picked.connect(self._show_detail)
        self.strength.moved.connect(lambda percent: self._edit(lambda item: replace(item, strength=percent / 100)))
        self.time.valueChanged.connect(lambda at: self._edit(lambda item: replace(item, at=at)))
        self.remove.clicked.connect(self._remove)
        draft.changed.connect(self._follow)
        self._follow()

    def pick(self, place: int) -> None:
        """Choose one of the draft's given files, so that its strength can be set."""
        self.axis.chosen = next((item for item in items_of(self._draft.value) if item.field == place), None)
        self.axis.update()
        self._show_detail(self.axis.chosen)

    def _follow(self) -> None:
        value = self._draft.value
        rate = chosen_engine(self._session, value.engine).rate
        if self.parent() is not None or value.video is not None:  # shown alone it would be a window
            self.setVisible(value.video is None)
        self.axis.show_items(items_of(value), value.seconds, rate.seconds(1))
        self._show_detail(self.axis.chosen)

    def _show_detail(self, item: LaneItem | None) -> None:
        self._detail.setVisible(item is not None)
        if item is not None:
            self.strength.set_value(item.strength * 100)
            self.time.blockSignals(True)
            self.time.setMaximum(self._draft.value.seconds)
            self.time.setValue(item.at)
            self.time.blockSignals(False)

    def _edit(self, change: Callable[[LaneItem], LaneItem]) -> None:
        item = self.axis.chosen
        if item is not None and change(item) != item:
            self.axis.chosen = change(item)
            self._change(item, self.axis.chosen)

    def _remove(self) -> None:
        if self.axis.chosen is not None:
            self._change(self.axis.chosen, None)

    def _change(self, item: LaneItem, after: LaneItem | None) -> None:
        self._draft.update(**changed(self._draft.value, item, after))
