"""A clip whose job hangs: it is said how long, and it is stopped, by force if need be, and goes on."""

from __future__ import annotations

from dataclasses import replace

from sora_studio.core.errors import StudioError
from sora_studio.core.language import trn
from sora_studio.jobs.stillness import Stillness
from sora_studio.session.keeping import Keeping
from sora_studio.session.views import JobView, Notice
from sora_studio.session.works import Work


class Restarting(Keeping):
    """Watches over running jobs."""

    _stillness: Stillness
    _restarting: set[str]
    """Jobs that are stopped to go on at once."""

    def restart(self, job_id: str) -> None:
        """Stop a job that hangs and make its clip go on from the last step that was kept. A worker that does not
        listen is ended by force and started anew. Nothing happens to a job that is not running a clip."""
        if job_id in self._works:
            self._restarting.add(job_id)
            self.stop(job_id)

    def _with_stillness(self, view: JobView) -> JobView:
        """The row of a job, with how long it has not moved."""
        seconds = self._stillness.seconds(view.id) if view.state == "running" else 0.0
        return replace(view, still=still_words(seconds)) if seconds else view

    def _stopped(self, work: Work) -> None:
        super()._stopped(work)
        job_id = next((job_id for job_id, known in self._works.items() if known is work), "")
        if job_id in self._restarting:
            self._restarting.discard(job_id)
            self._post(lambda: self._go_on_again(job_id))

    def _go_on_again(self, job_id: str) -> None:
        if job_id not in self._works:  # the project was left meanwhile
            return
        try:
            self.retry(job_id)
        except StudioError as exc:
            self.noticed.emit(Notice("error", str(exc)))


def still_words(seconds: float) -> str:
    """That a job has not moved, and what can be done."""
    return trn(
        "No progress for {count} minute. Wait if the model is large; stop it to keep what is there and go on later; "
        "or restart it.",
        "No progress for {count} minutes. Wait if the model is large; stop it to keep what is there and go on later; "
        "or restart it.",
        int(seconds // 60),
    )
