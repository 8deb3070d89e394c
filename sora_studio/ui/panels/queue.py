"""The queue: a slim bar under the window that says what is under way, and unfolds to all jobs."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sora_studio.core.engine import Preview
from sora_studio.core.language import tr, trn
from sora_studio.core.open_model import gigabytes
from sora_studio.session.job_pictures import middle
from sora_studio.session.session import JobView, Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.edit_job import EditJobDialog
from sora_studio.ui.panels.controls import ElidedLabel, ProgressBar, label, row, tool_button
from sora_studio.ui.panels.queue_controls import PauseButton
from sora_studio.ui.panels.queue_row import QueueRow, about, is_running, words_of
from sora_studio.ui.theme import icon, tabular

BAR_HEIGHT = 34
LOWEST, HIGHEST = 130, 240
"""Pixels of the unfolded list: about a quarter of the window."""
LOOK_AGAIN = 10_000
"""Milliseconds between looks at a running job that tells nothing."""


class QueueBar(QFrame):
    """Follows the session's jobs."""

    folded = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queueBar")
        self._session = session
        self._rows: dict[str, QueueRow] = {}
        self._media: dict[str, str] = {}
        self.fold = tool_button("queueFold", "chevron-up", "Show the queue", size=14, checkable=True)
        self.summary = ElidedLabel("dim", "queueSummary")
        self.progress = ProgressBar()
        self.progress.setObjectName("queueProgress")
        self.progress.setAccessibleName(tr("Progress of the job under way"))
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(150)
        self.stop = tool_button("queueCancel", "x", "Cancel the job under way", size=13)
        self.pause = PauseButton()
        self.status = label("", "faint", "status")
        self.status.setFont(tabular(11))
        self.list = self._make_list()
        slim = QWidget()
        slim.setFixedHeight(BAR_HEIGHT)
        line = QHBoxLayout(slim)
        line.setContentsMargins(10, 0, 14, 0)
        line.setSpacing(8)
        for part in (self.fold, self.pause, self.progress, self.stop):
            line.addWidget(part)
        line.addWidget(self.summary, 1)
        line.addWidget(self.status)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list)
        column.addWidget(slim)
        self.fold.toggled.connect(self._unfold)
        self.stop.clicked.connect(self._cancel_running)
        self.forget.clicked.connect(session.forget_kept)
        self.pause.paused.connect(lambda now: attempt(session, lambda: session.pause_queue(now=now)))
        self.pause.resumed.connect(lambda: attempt(session, session.resume_queue))
        session.jobs_changed.connect(self.follow)
        session.previewed.connect(self._picture)
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_AGAIN)
        self._clock.timeout.connect(self.follow)
        self._unfold(False)

    def _make_list(self) -> QScrollArea:
        area = QScrollArea()
        area.setObjectName("queueList")
        area.setAccessibleName(tr("Queue"))
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = self._inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(10, 8, 10, 4)
        self._column.setSpacing(2)
        self._empty = label("Nothing in the queue. Write a prompt and press Generate: its progress shows here.", "dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.kept = label("", "faint", "queueKept")
        self.forget = tool_button(
            "queueForget", "trash-2", "Remove what finished clips left to be decoded again", size=13
        )
        heading = row(label("QUEUE", "caption"), None, self.kept, self.forget)
        heading.setContentsMargins(8, 0, 0, 2)
        self._column.addLayout(heading)
        self._column.addWidget(self._empty, 1)
        self._column.addStretch(1)
        self._mark = QFrame(inside)
        self._mark.setObjectName("queueMark")
        self._mark.hide()
        inside.setMaximumWidth(860)
        area.setWidget(inside)
        return area

    def sizeHint(self) -> QSize:
        """As wide as the window, as high as it is unfolded."""
        return QSize(400, BAR_HEIGHT + (self.list.height() if self.fold.isChecked() else 0))

    def say(self, text: str) -> None:
        """A standing word at the right: what was saved, what runs where."""
        self.status.setText(text)

    def _unfold(self, on: bool) -> None:
        self.follow()
        self.list.setFixedHeight(max(LOWEST, min(HIGHEST, self.window().height() // 4)))
        self.list.setVisible(on)
        self.fold.setIcon(icon("chevron-down" if on else "chevron-up", "dim", "dim"))
        self.fold.setToolTip(tr("Fold the queue") if on else tr("Show the queue"))
        self.fold.setAccessibleName(self.fold.toolTip())
        self.folded.emit(not on)

    def follow(self) -> None:
        """Bring the summary in line with the jobs, and the rows while they are seen."""
        views = self._session.jobs()
        if self.fold.isChecked():
            self._list(views)
        self._summarise(views)

    def _list(self, views: tuple[JobView, ...]) -> None:
        known = {view.id for view in views}
        for gone in [job for job in self._rows if job not in known]:
            self._rows.pop(gone).deleteLater()
        for view in views:
            if view.id in self._rows:
                self._rows[view.id].show_view(view)
            else:
                self._add(view)
        self._media = {view.media_id: view.id for view in views}
        self._order(views)
        self._empty.setVisible(not views)
        room = self._session.kept_bytes
        self.kept.setText(tr("Kept to go on or decode again: {size}", size=gigabytes(room)) if room else "")
        self.forget.setVisible(self._session.can_forget_kept)

    def _add(self, view: JobView) -> None:
        made = QueueRow(view)
        made.cancel.connect(self._session.cancel)
        made.finish.connect(self._session.enough)
        made.other_seed.connect(lambda job: attempt(self._session, lambda: self._session.reseed(job)))
        made.hold.connect(self._session.stop)
        made.restart.connect(self._session.restart)
        made.retry.connect(lambda job: attempt(self._session, lambda: self._session.retry(job)))
        made.anew.connect(lambda job: attempt(self._session, lambda: self._session.retry(job, anew=True)))
        made.down.connect(lambda job, setup: attempt(self._session, lambda: self._session.step_down(job, setup)))
        made.dismiss.connect(lambda job: attempt(self._session, lambda: self._session.dismiss(job)))
        made.edit.connect(self.edit)
        made.first.connect(lambda job: self._put(job, self._waiting(but=job)[:1]))
        made.rank.connect(lambda job, rank: attempt(self._session, lambda: self._session.rank_job(job, rank)))
        made.step.connect(self._step)
        made.grip.dragged.connect(lambda place: self._drag(view.id, place))
        made.grip.dropped.connect(lambda place: self._drop(view.id, place))
        self._rows[view.id] = made
        self._column.insertWidget(1, made)
        picture = self._session.job_picture(view)
        if picture is not None:
            made.show_picture(picture)

    def edit(self, job: str) -> None:
        """Open a waiting job to change what it is made from."""

        def open_dialog() -> None:
            dialog = EditJobDialog(self._session, job, self.window())
            dialog.finished.connect(dialog.deleteLater)
            dialog.show()

        attempt(self._session, open_dialog)

    # the order of those that wait

    def _waiting(self, but: str = "") -> list[QueueRow]:
        """The rows of waiting clips from the top."""
        rows = sorted(self._rows.values(), key=self._column.indexOf)
        return [made for made in rows if not made.menu.isHidden() and made.id != but]

    def _put(self, job: str, before: list[QueueRow]) -> None:
        """Put a job before the first of these rows, or behind all."""
        place = before[0].id if before else ""
        attempt(self._session, lambda: self._session.move_job(job, place))

    def _step(self, job: str, by: int) -> None:
        others, place = self._waiting(but=job), self._waiting().index(self._rows[job])
        if 0 <= place + by <= len(others):
            self._put(job, others[place + by :])
            self.list.ensureWidgetVisible(self._rows[job])

    def _behind(self, job: str, place: QPoint) -> list[QueueRow] | None:
        """The waiting rows that a dragged one would stand before; None outside of the list."""
        if not self.list.rect().contains(self.list.mapFromGlobal(place)):
            return None
        height = self._inside.mapFromGlobal(place).y()
        return [made for made in self._waiting(but=job) if made.geometry().center().y() > height]

    def _drag(self, job: str, place: QPoint) -> None:
        """Show where a dragged row would come to stand."""
        behind, others = self._behind(job, place), self._waiting(but=job)
        self._mark.setVisible(behind is not None and bool(others))
        if behind is not None and others:
            y = behind[0].geometry().top() if behind else others[-1].geometry().bottom()
            self._mark.setGeometry(others[0].x(), y - 1, others[0].width(), 2)
            self._mark.raise_()
            inside = self._inside.mapFromGlobal(place)
            self.list.ensureVisible(inside.x(), inside.y(), 0, 30)

    def _drop(self, job: str, place: QPoint) -> None:
        self._mark.hide()
        behind = self._behind(job, place)
        if behind is not None and job in self._rows and self._rows[job] in self._waiting():
            self._put(job, behind)

    def _order(self, views: tuple[JobView, ...]) -> None:
        """What is under way first, then what waits in its order, then what ended, the newest first."""
        ended = [view.id for view in reversed(views) if not view.active]
        order = [view.id for view in views if is_running(view)]
        order += [view.id for view in views if view.active and view.id not in order] + ended
        for place, job in enumerate(order, 1):
            if self._column.indexOf(self._rows[job]) != place:
                self._column.insertWidget(place, self._rows[job])

    def _summarise(self, views: tuple[JobView, ...]) -> None:
        running = next((view for view in views if is_running(view)), None)
        waiting, paused = sum(view.state == "waiting" for view in views), self._session.queue_paused
        self.pause.follow(paused=paused, running=running is not None)
        self.pause.setVisible(paused or bool(running or waiting))
        failed = sum(bool(view.error) for view in views)
        stopped = sum(view.state == "stopped" for view in views)
        self.progress.setVisible(running is not None)
        self.stop.setVisible(running is not None)
        if (running is not None) != self._clock.isActive():
            (self._clock.stop if running is None else self._clock.start)()
        if running and running.still:
            self.summary.say(tr("{label}  ·  No progress: unfold to see what to do", label=running.label))
        elif running:
            more = tr("  ·  {waiting} waiting", waiting=waiting) if waiting else ""
            more += tr("  ·  {time} in all", time=about(left)) if waiting and (left := _in_all(views)) else ""
            more += tr("  ·  pauses after this clip") if paused else ""
            self.summary.say(f"{running.label}  ·  {words_of(running)}{more}")
            self.progress.setValue(round(running.fraction * 1000))
        elif paused:
            self.summary.say(tr("Paused  ·  {waiting} waiting", waiting=waiting) if waiting else tr("Paused"))
        elif waiting:
            self.summary.say(tr("{waiting} waiting", waiting=waiting))
        elif stopped:
            self.summary.say(trn("{count} stopped: unfold to go on", "{count} stopped: unfold to go on", stopped))
        elif failed:
            self.summary.say(tr("{failed} failed: unfold to see why", failed=failed))
        else:
            done = sum(view.state == "done" for view in views)
            self.summary.say(tr("Queue is empty  ·  {done} made", done=done) if done else tr("Queue is empty"))

    def _cancel_running(self) -> None:
        for view in self._session.jobs():
            if is_running(view):
                self._session.cancel(view.id)

    def _picture(self, media_id: str, preview: Preview) -> None:
        made = self._rows.get(self._media.get(media_id, ""))
        if made is not None:
            made.show_picture(middle(preview))


def _in_all(views: tuple[JobView, ...]) -> float | None:
    """Seconds until everything is made; None when it is not known of one."""
    left = [view.seconds_left for view in views if view.active]
    known = [seconds for seconds in left if seconds is not None]
    return sum(known) if len(known) == len(left) else None
