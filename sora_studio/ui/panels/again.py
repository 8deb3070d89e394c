"""What more can be made of the selected clip: again, longer, finer, a range of it; and of one whose sources changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from sora_studio.core.language import tr
from sora_studio.core.media_item import Lost, Pending, Ready
from sora_studio.session.keeping import goes_on
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.controls import Card, label, push_button, row, seconds_box
from sora_studio.ui.panels.draft_state import DraftState, chosen_engine
from sora_studio.ui.theme import icon

MINUTE = 60.0


class StaleBanner(QFrame):
    """Says that what a clip was made from has changed, and offers to make it again."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("staleBanner")
        self.setProperty("role", "banner")
        sign = QLabel()
        sign.setPixmap(icon("refresh-cw", "warn").pixmap(16, 16))
        self.words = label("The clips it was made from have changed.", "dim", "staleWords")
        self.words.setWordWrap(True)
        self.refresh = push_button("refreshClip", "Refresh")
        self.refresh.setToolTip(tr("Make this clip again from what those clips show now; the old take stays"))
        line = row(sign, self.words, self.refresh, gap=8)
        line.setStretch(1, 1)
        line.setAlignment(sign, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)


class AgainCard(Card):
    """Seen while one clip is selected."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__(tr("Make more of it"), "againCard")
        self._session, self._draft = session, draft
        self.stale = StaleBanner()
        self.enough = push_button("finishNow", "Finish now", "flag")
        self.enough.setToolTip(tr("Stop here and keep what is there: a clip with the steps it has"))
        self.reseed = push_button("otherSeed", "New seed", "dices")
        self.reseed.setToolTip(tr("Start again with another seed, in the same place"))
        self.hold = push_button("stopClip", "Stop", "pause")
        self.hold.setToolTip(tr("Stop here and go on later from where it stands"))
        self.go_on = push_button("goOn", "Go on", "play")
        self.decode = push_button("decodeAgain", "Decode again", "film")
        self.decode.setToolTip(tr("Decode what it was made from once more, without a step; the old take stays"))
        self.again = push_button("againSame", "Again", "rotate-ccw")
        self.again.setToolTip(tr("Make it again with the same seed"))
        self.finalise = push_button("finalise", "Finalise", "wand-sparkles")
        self.retake = push_button("retake", "Retake range", "scissors")
        self.length = seconds_box("longerTo", "Length to grow to, in seconds", 600)
        self.length.setValue(MINUTE)
        self.longer = push_button("longer", "Longer", "move-horizontal")
        self.longer.setToolTip(tr("Extend the clip until it lasts this long, in one go"))
        self.body.addWidget(self.stale)
        self.body.addLayout(row(self.enough, self.reseed, gap=6))
        self.body.addWidget(self.hold)
        self.body.addWidget(self.go_on)
        grid = QGridLayout()
        grid.setSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.again, 0, 0)
        grid.addWidget(self.finalise, 0, 1)
        grid.addWidget(self.retake, 1, 0, 1, 2)
        grid.addWidget(self.longer, 2, 0)
        self._until = until = QWidget()
        line = row(label("to", "dim"), self.length, gap=8)
        line.setStretch(1, 1)
        until.setLayout(line)
        grid.addWidget(until, 2, 1)
        grid.addWidget(self.decode, 3, 0, 1, 2)
        self.body.addLayout(grid)
        self._wire()
        self.follow()

    def _wire(self) -> None:
        session = self._session
        self._on(self.again.clicked, session.again)
        self._on(self.enough.clicked, lambda clip: session.enough(self._job(clip)))
        self._on(self.reseed.clicked, lambda clip: session.reseed(self._job(clip)))
        self._on(self.hold.clicked, lambda clip: session.stop(self._job(clip)))
        self._on(self.go_on.clicked, lambda clip: session.go_on(session.timeline.find(clip)[1].media))
        self._on(self.decode.clicked, session.decode_again)
        session.jobs_changed.connect(self.follow)
        self._on(self.finalise.clicked, self._finalise)
        self._on(self.stale.refresh.clicked, session.refresh)
        self._on(self.retake.clicked, lambda clip: session.retake(self._draft.value, clip))
        self._on(self.longer.clicked, lambda clip: session.longer(clip, self.length.value(), self._draft.value))
        for signal in (session.changed, session.selection_changed, session.viewing.changed):
            signal.connect(self.follow)
        self._draft.changed.connect(self.follow)

    def _on(self, clicked: object, act: Callable[[str], object]) -> None:
        def do() -> None:
            chosen = self._session.selection
            if len(chosen) == 1:
                attempt(self._session, lambda: act(chosen[0]))

        clicked.connect(do)  # type: ignore[attr-defined]

    def _job(self, clip_id: str) -> str:
        """The job that is making a clip; empty when none is."""
        media = self._session.timeline.find(clip_id)[1].media
        jobs = (job for job in reversed(self._session.jobs()) if job.media_id == media and job.active)
        return next((job.id for job in jobs), "")

    def _finalise(self, clip_id: str) -> str:
        return self._session.finalise(clip_id, self._draft.value.engine)

    def follow(self) -> None:
        """Offer what can be done now."""
        session = self._session
        chosen = session.selection
        clip = session.timeline.find(chosen[0])[1] if len(chosen) == 1 and session.timeline.has(chosen[0]) else None
        item = session.item(clip.media) if clip else None
        self.setVisible(item is not None and item.picture)  # nothing is made of a sound
        if clip is None or item is None:
            return
        ready, made = isinstance(item.state, Ready) and item.picture, item.generated_from is not None
        pending = isinstance(item.state, Pending)
        self.hold.setVisible(pending)
        for button in (self.enough, self.reseed):
            button.setVisible(pending and not item.enlarged)  # nothing is drawn, and no frame is half made
        for part in (self.again, self.finalise, self.retake, self.longer, self._until):
            part.setVisible(not pending)
        self.caption.setText(tr("DECIDE EARLY") if pending else tr("MAKE MORE OF IT"))
        standing = session.standing(clip.media)
        self.go_on.setVisible((standing is not None or item.enlarged) and isinstance(item.state, Lost))
        self.go_on.setToolTip(goes_on(standing) if standing else "")
        self.decode.setVisible(ready and standing is not None and standing.final)
        if pending:
            self.enough.setEnabled(any(job.step for job in session.jobs() if job.id == self._job(clip.id)))
        self.stale.setVisible(ready and clip.id in session.stale)
        self.again.setEnabled(made)
        engine = chosen_engine(session, self._draft.value.engine)
        same = (item.generated_from or {}).get("engine") == engine.engine
        self.finalise.setEnabled(ready and made)
        self.finalise.setToolTip(
            tr("Make this sketch again with all steps, frame for frame")
            if same
            else tr("Make this sketch again with “{title}”, frame for frame", title=engine.title)
        )
        marked = session.marked
        inside = marked is not None and marked.start < clip.stop and marked.stop > clip.start
        self.retake.setEnabled(ready and inside)
        self.retake.setToolTip(
            tr("Make the marked range again, met on both sides by what stays")
            if inside
            else tr("Mark a range of the clip first: I at its first frame, O at its last")
        )
        self.longer.setEnabled(ready)
