"""The one place where other threads meet Qt: work handed to `post` runs on the thread of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Bridge(QObject):
    """Brings calls of any thread to the thread it lives on, in order. After `close` it drops them."""

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = True
        self._arrived.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Run `call` soon on the window's thread; may be called from any thread."""
        if self._open:
            self._arrived.emit(call)

    def close(self) -> None:
        """Drop what has not run yet and everything that comes later."""
        self._open = False

    @Slot(object)
    def _run(self, call: Callable[[], None]) -> None:
        if self._open:
            call()
