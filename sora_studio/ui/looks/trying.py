"""A clip told again in a look, and what it was before beside it in the monitor, while it forms."""

from __future__ import annotations

from sora_studio.session.draft import Draft
from sora_studio.session.session import Session


def try_on(session: Session, clip_id: str, draft: Draft) -> str:
    """Restyle a clip in the words and look of a draft and compare both from now on; returns the job's id. Raises what
    `restyle` raises."""
    before = session.told_from(clip_id)
    known = set(session.project.media)
    job = session.restyle(clip_id, draft)
    made = next((media for media in session.project.media if media not in known), None)
    if made is not None:
        session.viewing.comparing(before, made)
    return job


def try_look(session: Session, clip_id: str, draft: Draft) -> str:
    """The same in the look alone: a clip that was made from words keeps them."""
    return try_on(session, clip_id, session.in_own_words(clip_id, draft))
