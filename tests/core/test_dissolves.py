"""Dissolves take the sound of their pictures along; one that cannot be is refused in a sentence read at a glance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sora_studio.core import edits, trims
from sora_studio.core.dissolves import MOST_OF_A_NAME, add_dissolve, remove_dissolve
from sora_studio.core.errors import BadInput
from sora_studio.core.inlays import insert_dissolving
from sora_studio.core.sound import with_sound
from sora_studio.core.timeline import Clip, Timeline, Track
from sora_studio.core.tracks import Switches, switch_track

PROMPT = "the camera zooms in slowly in the city by day in clear weather, the light is bright"


def refusal(*names: str) -> str:
    left, right = (Clip(f"m{place}", 24 * place, 24, name=name) for place, name in enumerate(names))
    timeline = edits.place(edits.place(Timeline(), 0, left), 0, right)
    with pytest.raises(BadInput) as caught:
        add_dissolve(timeline, left.id, right.id, 12, lambda _media: 24)
    return str(caught.value)


def test_clips_without_frames_beyond_the_cut_are_called_by_the_beginning_of_their_names() -> None:
    said = refusal(PROMPT, "a boat")
    assert "Trim the end of “the camera zooms in slowly in t…” and the start of “a boat” by a few frames" in said
    assert PROMPT[: MOST_OF_A_NAME + 1] not in said


def test_clips_without_a_name_are_called_by_their_order() -> None:
    assert "Trim the end of the first clip and the start of the second clip" in refusal("", "")


def film(name: str, start: int, group: str) -> tuple[Clip, Clip]:
    """A picture with handles of ten frames at both ends, and its sound."""
    picture = Clip(name, start, 40, 10, id=name, group=group)
    return picture, replace(picture, id=f"{name}-sound")


def films() -> Timeline:
    (a, a_sound), (b, b_sound) = film("a", 0, "g"), film("b", 40, "h")
    return Timeline(tracks=(Track("V1", (a, b)), Track("A1", (a_sound, b_sound), "audio")))


def lengths(_media: str) -> int:
    return 60


def dissolved(timeline: Timeline) -> list[tuple[tuple[str, str, int], ...]]:
    return [tuple((one.left, one.right, one.length) for one in track.dissolves) for track in timeline.tracks]


def test_the_sound_of_two_pictures_crossfades_as_long() -> None:
    line = add_dissolve(films(), "a", "b", 12, lengths)
    assert dissolved(line) == [(("a", "b", 12),), (("a-sound", "b-sound", 12),)]
    longer = add_dissolve(line, "a", "b", 16, lengths)
    assert dissolved(longer) == [(("a", "b", 16),), (("a-sound", "b-sound", 16),)]
    assert dissolved(remove_dissolve(longer, "b")) == [(), ()]
    bounded = add_dissolve(films(), "a", "b", 99, lengths)
    assert [rows[0][2] for rows in dissolved(bounded)] == [20, 20]


def test_sound_that_was_cut_hard_again_stays_so() -> None:
    line = remove_dissolve(add_dissolve(films(), "a", "b", 12, lengths), "b-sound")
    assert dissolved(line) == [(("a", "b", 12),), ()]
    assert dissolved(add_dissolve(line, "a", "b", 16, lengths)) == [(("a", "b", 16),), ()]
    alone = add_dissolve(films(), "a-sound", "b-sound", 12, lengths)
    assert dissolved(alone) == [(), (("a-sound", "b-sound", 12),)]


@pytest.mark.parametrize(
    "change",
    [
        lambda line: edits.unlink(line, ["a"]),
        lambda line: switch_track(line, 1, Switches(locked=True)),
        lambda line: edits.delete(line, "a-sound", linked=False),
    ],
)
def test_sound_that_does_not_belong_is_locked_or_cut_elsewhere_is_left_alone(
    change: Callable[[Timeline], Timeline],
) -> None:
    line = add_dissolve(change(films()), "a", "b", 12, lengths)
    assert dissolved(line) == [(("a", "b", 12),), ()]


def apart(*more: Clip, tracks: int = 2) -> Timeline:
    """The films with their sounds on two tracks, and more on the first of these."""
    (a, a_sound), (b, b_sound) = film("a", 0, "g"), film("b", 40, "h")
    rest = tuple(Track(f"A{number}", (), "audio") for number in range(3, tracks + 1))
    return Timeline(
        tracks=(Track("V1", (a, b)), Track("A1", (a_sound, *more), "audio"), Track("A2", (b_sound,), "audio"), *rest)
    )


def test_sounds_on_two_tracks_come_together_and_crossfade() -> None:
    line = add_dissolve(apart(), "a", "b", 12, lengths)
    assert dissolved(line) == [(("a", "b", 12),), (("a-sound", "b-sound", 12),), ()]
    music = Clip("m", 60, 200, id="music")
    line = add_dissolve(apart(music), "a", "b", 12, lengths)
    assert dissolved(line) == [(("a", "b", 12),), (), (("a-sound", "b-sound", 12),)]
    assert line.tracks[1].clips == (music,)
    assert line.group("a") == ("a", "a-sound")


def test_sounds_on_two_tracks_stay_where_they_cannot_come_together() -> None:
    crowded = edits.place(apart(Clip("m", 60, 200, id="music")), 2, Clip("n", 0, 30, id="noise"))
    fading = replace(apart(), tracks=(apart().tracks[0], replace(apart().tracks[1], muted=True), apart().tracks[2]))
    short = edits.changed(apart(), replace(apart().find("b-sound")[1], offset=0))
    known = remove_dissolve(add_dissolve(apart(), "a", "b", 12, lengths), "b-sound")
    for line in (crowded, fading, short, switch_track(apart(), 2, Switches(locked=True)), known):
        made = add_dissolve(line, "a", "b", 16, lengths)
        assert made.tracks[1:] == line.tracks[1:]
        assert dissolved(made)[0] == (("a", "b", 16),)


def test_a_sound_that_crossfades_already_is_not_moved() -> None:
    c_sound = replace(film("c", 80, "i")[0], id="c-sound")
    line = edits.place(apart(), 2, c_sound)
    line = add_dissolve(line, "b-sound", "c-sound", 12, lengths)
    made = add_dissolve(line, "a", "b", 12, lengths)
    assert dissolved(made) == [(("a", "b", 12),), (), (("a-sound", "b-sound", 12), ("b-sound", "c-sound", 12))]


def test_sound_cut_elsewhere_keeps_its_cut() -> None:
    early = trims.trim_head(
        trims.trim_tail(films(), "a-sound", -6, lengths, linked=False), "b-sound", -6, lengths, linked=False
    )
    assert early.tracks[1].clips[1].start == 34
    assert dissolved(add_dissolve(early, "a", "b", 12, lengths)) == [(("a", "b", 12),), ()]


def test_what_is_put_between_others_with_its_sound_crossfades_on_both_sides() -> None:
    line, block = with_sound(films(), 0, Clip("c", 40, 40, 10, id="c"))
    woven = insert_dissolving(line, block, 12, lengths)
    sound = woven.group("c")[1]
    assert dissolved(woven) == [
        (("a", "c", 12), ("c", "b", 12)),
        (("a-sound", sound, 12), (sound, "b-sound", 12)),
    ]
