"""What is lost, by what was said to be on the disk and what is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sora_studio.cli.soak.words import State

Loss = tuple[str, str]
"""What kind of thing, and words."""
BACK = ("undo", "redo")
"""Verbs that lead to what was before."""


def losses(kept: Sequence[State], there: State, going: Collection[str], doing: str) -> Iterator[Loss]:
    """Compare a project on the disk with the states of it that were said to be kept, oldest first. `going` are media
    that were given up, `doing` is the verb that was under way."""
    last = kept[-1]
    for key, kind in last.media.items():
        if key not in going and (key not in there.media or (kind == "ready" and there.media[key] != "ready")):
            yield "lost jobs", f"{key} was {kind}, is {there.media.get(key, 'gone')} in {there.home}"
    older = {state.digest for state in kept[:-1]} - {last.digest}
    gone = last.media.keys() - there.media.keys()  # given up, and nobody had time to say so
    if there.digest in older and not gone and doing not in BACK:
        yield "lost edits", f"{there.home} while doing “{doing}”"
