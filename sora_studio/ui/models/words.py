"""How a model stands, in words and as a share: the dialog's list and its pane say the same."""

from __future__ import annotations

from sora_studio.core.fetching import Broken, Fetching, Paused, Waiting
from sora_studio.core.fitting import VERDICTS, verdict_in_words
from sora_studio.core.language import tr
from sora_studio.core.machine import Machine
from sora_studio.core.open_model import gigabytes
from sora_studio.session.fitting import Ahead
from sora_studio.session.model_shelf import ModelRow


def standing(row: ModelRow) -> str:
    """One line."""
    match row.busy:
        case Waiting():
            return tr("Waits for another download")
        case Fetching(total=0):
            return tr("Asking the hub…")
        case Fetching(done, total, checking=True) if row.whole:
            return tr("Checking, {done} of {total}", done=gigabytes(done), total=gigabytes(total))
        case Fetching(done, total) as state:
            come = tr("Fetching, {done} of {total}", done=gigabytes(done), total=gigabytes(total))
            return tr(", ").join((come, _left(state))) if state.seconds_left is not None else come
        case Broken():
            return tr("Stopped: {share} are here", share=gigabytes(row.there)) if row.there else tr("Stopped")
        case Paused() if not row.there:
            return tr("Paused")
    if row.whole:
        return tr("Here, {size}", size=gigabytes(row.total))
    if row.total:
        return tr("Paused, {done} of {total}", done=gigabytes(row.there), total=gigabytes(row.total))
    if row.elsewhere is not None:
        return tr("Here, used in place: {folder}", folder=row.elsewhere)
    return tr("Not here")


def fit_ahead(found: Ahead | None) -> str:
    """How a model would fit this machine, in a word; empty when that is not known. On a processor all that has room
    fits, but takes hours: that is said in place of it."""
    one = None if found is None else found.fit
    if one is None:
        return ""
    slow = one.setup.where == "processor" and one.verdict != "too large"
    return tr("on the processor") if slow else tr(VERDICTS[one.verdict])


def said_ahead(found: Ahead, machine: Machine) -> str:
    """How a model would fit this machine, as a line; empty when that is not known."""
    if found.fit is None:
        return ""
    return tr(
        "On this machine, {seconds:.1f} s at {size}: {verdict}",
        seconds=found.caps.rate.seconds(found.run.frames),
        size=f"{found.run.width} × {found.run.height}",
        verdict=verdict_in_words(found.fit, machine),
    )


def share(row: ModelRow) -> float | None:
    """How much of it is here or checked, 0 to 1; None where no bar is of use."""
    if isinstance(row.busy, Fetching):
        return row.busy.done / row.busy.total if row.busy.total else 0.0
    return row.there / row.total if row.there and not row.whole else None


def trouble(row: ModelRow) -> str:
    """Why it stopped; empty when nothing is wrong."""
    return row.busy.reason if isinstance(row.busy, Broken) else ""


def _left(state: Fetching) -> str:
    seconds = state.seconds_left or 0.0
    if seconds < 90:
        time = tr("{count} s left", count=round(seconds))
    elif seconds < 5400:
        time = tr("{count} min left", count=round(seconds / 60))
    else:
        time = tr("{count} h left", count=f"{seconds / 3600:.1f}")
    return tr("{rate} a second, {time}", rate=gigabytes(round(state.rate)), time=time)
