"""A clip looked at from the inside: its own request again, every step seen, nothing added to the project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput
from sora_studio.media.footage import read_footage
from sora_studio.session.insides import Inside
from tests.session.conftest import DRAFT, Studio


def inside_of(studio: Studio) -> Inside:
    assert studio.session.inside is not None
    return studio.session.inside


def generated(studio: Studio, **change: object) -> str:
    studio.session.generate(replace(DRAFT, steps=4, **change))
    studio.settled()
    return studio.session.timeline.tracks[0].clips[-1].media


def test_each_step_of_the_same_clip_is_seen(studio: Studio) -> None:
    session, media = studio.session, generated(studio)
    before, told = session.project, []
    session.inside_changed.connect(lambda: told.append(1))
    assert session.shows_inside(media)
    session.look_inside(media)
    studio.until(lambda: inside_of(studio).over)
    inside = inside_of(studio)
    assert [(seen.step, seen.steps) for seen in inside.insights] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [word.text for word in inside.insights[0].words] == ["a", "red", "balloon"]
    assert (inside.media, inside.prompt, inside.error) == (media, "a red balloon", "")
    path = session.media_path(media)
    assert path is not None
    film = read_footage(path).frames
    assert inside.final is not None
    assert inside.final.shape == film.shape
    assert np.abs(inside.final.astype(int) - film).mean() < 4, "the clip itself, but for the film's compression"
    assert session.project == before, "looking adds nothing"
    assert len(told) > 4
    session.drop_inside()
    assert session.inside is None


def test_of_a_long_clip_the_first_window_is_shown(studio: Studio) -> None:
    media = generated(studio, seconds=5)
    studio.session.look_inside(media)
    studio.until(lambda: inside_of(studio).over)
    inside = inside_of(studio)
    assert len(inside.insights) == 4
    assert inside.final is not None
    assert 0 < len(inside.final) <= 17


def test_a_clip_that_was_finished_early_is_seen_to_that_step(studio: Studio) -> None:
    session, media = studio.session, generated(studio)
    item = session.item(media)
    assert item.made_from is not None
    session._keep(replace(item, made_from={**item.made_from, "stopped_after": 3}))
    session.look_inside(media)
    studio.until(lambda: inside_of(studio).over)
    assert [seen.step for seen in inside_of(studio).insights] == [1, 2, 3]
    assert inside_of(studio).final is None


def test_looking_elsewhere_ends_the_former_look(studio: Studio) -> None:
    session = studio.session
    slow, quick = generated(studio, prompt="slow balloon"), generated(studio)
    first = session.look_inside(slow)
    session.look_inside(quick)
    studio.until(lambda: inside_of(studio).over)
    assert inside_of(studio).media == quick
    assert len(inside_of(studio).insights) == 4
    assert first not in [view.id for view in session.jobs()]


def test_what_the_model_did_not_make_is_refused(studio: Studio, still: Path) -> None:
    media = studio.session.import_media(still)
    assert not studio.session.shows_inside(media)
    with pytest.raises(BadInput, match="not made by the built-in model"):
        studio.session.look_inside(media)
    assert studio.session.inside is None


def test_an_engine_that_fails_is_told(studio: Studio) -> None:
    session, media = studio.session, generated(studio)
    item = session.item(media)
    assert item.made_from is not None
    session._keep(replace(item, made_from={**item.made_from, "prompt": "fail"}))
    session.look_inside(media)
    studio.until(lambda: inside_of(studio).over)
    assert "cannot paint this" in inside_of(studio).error
