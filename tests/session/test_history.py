"""Undo without limit: a step costs what it changed, however long the timeline is."""

from __future__ import annotations

import gc
from fractions import Fraction

from sora_studio.core import edits, trims
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.core.tracks import Switches, add_track, switch_track
from sora_studio.session.history import History

CLIPS = 300


def crowded() -> Timeline:
    """Pictures with their sounds, one behind the other."""
    timeline = Timeline()
    for place in range(CLIPS):
        for track in (0, timeline.of_kind("audio")[0]):
            timeline = edits.place(timeline, track, Clip("a", 10 * place, 10, 20, group=f"g{place}"))
    return timeline


def alive() -> int:
    """How many clips are in memory."""
    gc.collect()
    return sum(issubclass(type(one), Clip) for one in gc.get_objects())


def test_a_step_keeps_what_it_changed_and_no_more() -> None:
    first = crowded()
    history, before = History(first), alive()
    for step in range(100):
        clip = history.present.tracks[0].clips[step % 5]
        by = -1 if step % 2 else 1
        assert history.edit("Ripple", trims.ripple_trim(history.present, clip.id, "tail", by, lambda _media: 100))
    last = history.present
    grown = alive() - before
    assert grown < 2 * CLIPS + 1000, "each step moves all clips behind it, which are kept once"
    while history.undo():
        pass
    assert history.present == first
    assert history.redo_text == "Ripple"
    while history.redo():
        pass
    assert history.present == last
    assert alive() - before < 4 * CLIPS + 1000


def test_steps_of_many_kinds_are_taken_back_exactly() -> None:
    states = [crowded()]
    history = History(states[0])

    def made(timeline: Timeline) -> None:
        assert history.edit("Step", timeline)
        states.append(timeline)

    made(add_track(history.present, "video"))
    made(edits.delete(history.present, history.present.tracks[0].clips[7].id, ripple=True))
    made(edits.insert(history.present, 0, Clip("b", 55, 30)))
    made(switch_track(history.present, 0, Switches(hidden=True)))
    made(edits.delete(history.present, history.present.tracks[0].clips[0].id))
    made(edits.delete(history.present, history.present.tracks[0].clips[-1].id))
    made(trims.set_speed(history.present, history.present.tracks[0].clips[3].id, Fraction(-2), lambda _: 100))
    made(Timeline())
    for state in reversed(states[:-1]):
        assert history.undo()
        assert history.present == state
    assert not history.undo()
    for state in states[1:]:
        assert history.redo()
        assert history.present == state
