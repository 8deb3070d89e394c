"""Errors that tell the artist what happened and what to do.

Inner code raises one of these (`raise ... from exc`); the command line and the window show `str(error)` and no more.
"""

from pathlib import Path

from sora_studio.core.language import tr
from sora_studio.core.setup import STAGES, Shortage


class StudioError(Exception):
    """Base of every error meant for the artist's eyes; its text is a sentence that says what to do.

    It is given in English, with {placeholders} for `values`, and said in the artist's language: in the worker as here.
    """

    def __init__(self, text: str = "", /, **values: object) -> None:
        super().__init__(tr(text, **values))


class BadInput(StudioError):
    """A value or a file the artist gave cannot be used (exit code 2)."""


class MediaError(BadInput):
    """A media file cannot be read or has properties that cannot be handled."""


class Refused(BadInput):
    """The chosen engine cannot do what the request asks; the text says what it can do instead."""


class OutputError(StudioError):
    """A result cannot be written: the folder is missing or read-only, or the disk is full (exit code 1)."""


class EngineError(StudioError):
    """An engine failed while loading or running (exit code 1)."""


class OutOfMemory(EngineError):
    """Memory ran out at a stage of a run in some setup. What was made until then is kept."""

    def __init__(self, shortage: Shortage) -> None:
        super().__init__(
            "Memory ran out {stage}. Take a step down, make the picture smaller or the clip shorter, or close other "
            "programs.",
            stage=tr(STAGES[shortage.stage]),
        )
        self.shortage = shortage


class WorkerDied(EngineError):
    """The worker process ended in the middle of a job; the text gives the reason as far as it is known."""


class Cancelled(StudioError):
    """The artist stopped the work (exit code 130)."""


class ProjectError(StudioError):
    """A project folder cannot be opened or saved; `why` says it in a few words where they are known."""

    why = ""


class Damaged(ProjectError):
    """The file of a project does not hold one; an earlier version may."""


class Unanswered(ProjectError):
    """A drive has not answered for seconds."""

    def __init__(self) -> None:
        super().__init__("The drive does not answer. Look whether it is still connected.")
        self.why = tr("the drive does not answer")


class Unwritable(ProjectError):
    """A file of a project cannot be written."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(
            "The project cannot be saved in “{folder}” ({why}). Save it elsewhere.", folder=folder, why=why
        )
        self.why = why


class InUse(ProjectError):
    """Another window has the project in `folder` open."""

    def __init__(self, text: str, /, *, folder: Path, **values: object) -> None:
        super().__init__(text, **values)
        self.folder = folder
