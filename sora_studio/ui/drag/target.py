"""A widget that something can be dropped on: says what will happen while it hovers, and has it done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from sora_studio.core.language import tr
from sora_studio.session.carried import Payload, Thing, things_of
from sora_studio.session.drops import Accept, Act, Offer, Refuse, offer
from sora_studio.session.places import Place
from sora_studio.session.session import Notice, Session
from sora_studio.ui.drag.hints import Hints
from sora_studio.ui.drag.mime import from_mime

PlaceAt = Callable[[QPointF], Place]
"""The place at a position of the widget."""
Show = Callable[[Offer, QPointF, Place], None]
Do = Callable[[Payload, Place, Accept], None]
Choose = Callable[[QPoint, tuple[Accept, ...], Callable[[Accept], None]], None]
"""Asks at a place of the screen which one it shall be; asks nothing more when the artist wants none."""


class Drags(QObject):
    """The drag that is over the window, looked at once, and who does what it asks for."""

    def __init__(self, session: Session, hints: Hints, do: Do, choose: Choose, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.hints, self._do, self._choose = session, hints, do, choose
        self.payload: Payload | None = None
        self.things: tuple[Thing, ...] = ()

    def enter(self, data: QMimeData) -> Payload | None:
        """Look at what is carried; None for what nobody here can use."""
        payload = from_mime(data)
        if payload != self.payload:
            self.payload = payload
            self.things = things_of(payload, self.session) if payload is not None else ()
        return payload

    def ask(self, place: Place) -> Offer:
        """What a drop there would do."""
        if self.payload is None:
            return Refuse(tr("Nothing here can be dropped."))
        return offer(self.payload, self.things, place, self.session.project)

    def drop(self, place: Place, at: QPoint) -> None:
        """Do it, or ask at the screen's place `at` which of several, or say why not."""
        payload, answer = self.payload, self.ask(place)
        self.leave()
        if payload is None:
            return
        if isinstance(answer, Accept) and answer.choices:
            self._choose(at, answer.choices, lambda chosen: self._do(payload, place, chosen))
        elif isinstance(answer, Accept):
            self._do(payload, place, answer)
        else:
            self.session.noticed.emit(Notice("error", answer.text))

    def leave(self) -> None:
        """It went away."""
        self.payload, self.things = None, ()
        self.hints.hide()


class DropTarget(QObject):
    """Stands before a widget's own answers to drags. Words over a text field are left to the field."""

    def __init__(
        self,
        widget: QWidget,
        drags: Drags,
        place: PlaceAt,
        *,
        over: QWidget | None = None,
        light: Callable[[bool], None] | None = None,
        show: Show | None = None,
    ) -> None:
        """`over` is the panel a veil is laid on instead of the label at the pointer; `light` switches a mark of the
        widget's own; `show` answers in a way of its own."""
        super().__init__(widget)
        self._widget, self._drags, self._place = widget, drags, place
        self._over, self._light, self._show = over, light, show
        self._mine = False
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer the four events of a drag."""
        del watched
        kind = event.type()
        if kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove) and isinstance(event, QDropEvent):
            return self._hover(event)
        if kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            return self._drop(event)
        if kind == QEvent.Type.DragLeave and self._mine:
            self._mine = False
            self._mark(False)
            self._drags.leave()
            return True  # the widget has not heard of this drag
        return False

    def _hover(self, event: QDropEvent) -> bool:
        if self._drags.enter(event.mimeData()) is None:
            return False
        place = self._place(event.position())
        answer = self._drags.ask(place)
        if isinstance(answer, Accept) and answer.act is Act.NATIVE:
            self._drags.hints.hide()
            return False
        # Taken even where it will be refused: only so can the reason be shown.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._mine = True
        self._mark(True)
        if self._show is not None:
            self._show(answer, event.position(), place)
        elif self._over is not None:
            self._drags.hints.over(self._over, answer)
        else:
            self._drags.hints.beside(self._widget, event.position(), answer)
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self._mine = False
        self._mark(False)
        if self._drags.enter(event.mimeData()) is None:
            return False
        place = self._place(event.position())
        answer = self._drags.ask(place)
        if isinstance(answer, Accept) and answer.act is Act.NATIVE:
            self._drags.leave()
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._drags.drop(place, self._widget.mapToGlobal(event.position()).toPoint())
        return True

    def _mark(self, on: bool) -> None:
        if self._light is not None:
            self._light(on)


def somewhere(place: Place) -> PlaceAt:
    """A widget that is one place."""

    def at(position: QPointF) -> Place:
        del position
        return place

    return at
