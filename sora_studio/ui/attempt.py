"""What a click does when it cannot be done: the sentence of the error becomes a notice, never a dialog in the way."""

from __future__ import annotations

from collections.abc import Callable

from sora_studio.core.errors import InUse, StudioError
from sora_studio.session.session import Notice, Session


def attempt(session: Session, act: Callable[[], object]) -> bool:
    """Do `act`; a StudioError is shown as a notice. Whether it was done."""
    try:
        act()
    except StudioError as exc:
        tell(session, exc)
        return False
    return True


def tell(session: Session, exc: StudioError) -> None:
    """Show an error as a notice."""
    session.noticed.emit(Notice("error", str(exc), exc.folder if isinstance(exc, InUse) else None))
