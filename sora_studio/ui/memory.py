"""Gives memory back to the system when a job is over: what was freed in pieces would stay with the program."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from sora_studio.core.memory import trim
from sora_studio.session.session import Session

REST_MS = 2000
"""How long after a job: its clip has been written, and its pictures are on the timeline and in the library."""


class GiveBack(QObject):
    """Waits for jobs to end."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._active = 0
        self.rest = QTimer(self, singleShot=True, interval=REST_MS)
        self.rest.timeout.connect(trim)
        session.jobs_changed.connect(self._follow)

    def _follow(self) -> None:
        active = sum(job.active for job in self._session.jobs())
        if active < self._active and not self.rest.isActive():
            self.rest.start()
        self._active = active
