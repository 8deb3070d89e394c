from dataclasses import replace

import numpy as np
import pytest
import torch

from sora_studio.training.config import CLIP_FRAMES, TaskOdds
from sora_studio.training.samples import (
    Shape,
    draw_casts,
    draw_choices,
    draw_example,
    draw_examples,
    draw_shape,
    draw_strengths,
    draw_task,
)
from sora_studio.training.train_dit import close_up
from sora_studio.training.world.render import render
from sora_studio.training.world.scene import is_held_out, recast, retold, sample_scene

NEVER = TaskOdds(none=0, first=0, prefix=0, suffix=0, ends=0, keyframes=0, restyle=0, loop=0)
SMALL = Shape(CLIP_FRAMES, (96, 64))


def example(task, seed=0, frames=CLIP_FRAMES, photos=0.0):
    odds = replace(NEVER, **{task: 1.0})
    return draw_example(np.random.default_rng(seed), replace(SMALL, frames=frames), odds, photos)


def test_an_example_depends_on_its_number_alone():
    one, again, other = example("restyle", 3), example("restyle", 3), example("restyle", 4)
    assert np.array_equal(one.frames, again.frames)
    assert np.array_equal(one.given, again.given)
    assert (one.caption, one.strengths.tolist()) == (again.caption, again.strengths.tolist())
    assert not np.array_equal(one.frames, other.frames)


def test_what_is_given_is_the_target_itself_except_when_restyling():
    for task in ("first", "prefix", "suffix", "ends", "keyframes"):
        made = example(task)
        assert np.array_equal(made.given, made.frames)
    restyled = example("restyle")
    assert not np.array_equal(restyled.given, restyled.frames)
    assert (restyled.strengths > 0).all()
    assert (restyled.strengths < 1).all()


@pytest.mark.parametrize(
    ("task", "kept"),
    [("none", ""), ("first", "0"), ("loop", "0,16")],
)
def test_places_of_given_frames(task, kept):
    strengths = draw_strengths(np.random.default_rng(0), task, CLIP_FRAMES)
    assert ",".join(map(str, np.flatnonzero(strengths))) == kept


def test_prefix_suffix_and_ends_leave_something_to_generate():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        prefix, suffix, ends = (draw_strengths(rng, task, CLIP_FRAMES) for task in ("prefix", "suffix", "ends"))
        assert prefix[0] == suffix[-1] == ends[0] == ends[-1] == 1
        assert prefix[-1] == suffix[0] == 0
        assert (ends == 0).sum() >= CLIP_FRAMES - 10


def test_a_loop_ends_where_it_begins():
    made = example("loop")
    assert np.array_equal(made.frames[0], made.frames[-1])


def test_photos_come_only_with_something_given():
    made = [example("first", seed, photos=1.0) for seed in range(3)]
    assert all("photo" in one.caption for one in made)
    assert "photo" not in example("none", photos=1.0).caption


def test_images_are_made_from_nothing_or_restyled():
    rng = np.random.default_rng(0)
    assert {draw_task(rng, TaskOdds(), 1) for _ in range(200)} == {"none", "restyle"}
    assert example("none", frames=1).frames.shape == (1, 64, 96, 3)


def test_shapes_mix_images_and_clips_of_all_buckets():
    rng = np.random.default_rng(0)
    shapes = {draw_shape(rng, 0.5) for _ in range(100)}
    assert len(shapes) == 6


def test_training_never_draws_what_is_held_out():
    from sora_studio.training.world.scene import sample_scene

    rng = np.random.default_rng(0)
    for _ in range(200):
        scene = sample_scene(rng)
        assert not any(is_held_out(actor.subject, actor.colour, scene.place) for actor in scene.actors)


def test_casts_of_one_set_differ_in_their_actors_alone() -> None:
    rng = np.random.default_rng(4)
    scene = sample_scene(rng)
    other = recast(rng, scene)
    assert other.actors != scene.actors
    assert replace(other, actors=scene.actors) == scene
    first = render(scene, size=(64, 48), frames=1)
    again, alone = render(other, size=(64, 48), frames=1), render(replace(other, seed=scene.seed), (64, 48), 1)
    assert np.array_equal(again.frames, alone.frames)
    assert not np.array_equal(again.frames, first.frames)
    unseen = (first.subject == 0) & (again.subject == 0)
    assert np.abs(first.frames[unseen].astype(int) - again.frames[unseen]).mean() < 8  # the same set, but for shadows


@pytest.mark.parametrize("split", ["train", "held_out"])
def test_a_scene_played_by_others_differs_in_what_they_are_alone(split: str) -> None:
    rng = np.random.default_rng(6)
    for _ in range(40):
        scene = sample_scene(rng, split=split)
        other = retold(rng, scene)
        pairs = list(zip(other.actors, scene.actors, strict=True))
        # few combinations are held out: where there is no other one of a colour and place, the actor stays
        assert split == "held_out" or all(new.subject != old.subject for new, old in pairs)
        same = [replace(new, subject=old.subject) for new, old in pairs]
        assert replace(other, actors=tuple(same)) == scene
        hidden = [
            [is_held_out(actor.subject, actor.colour, one.place) for actor in one.actors] for one in (scene, other)
        ]
        assert hidden[0] == hidden[1]


def test_some_subjects_play_more_often() -> None:
    rng = np.random.default_rng(8)
    often = ("star",) * 25
    shares = []
    for favoured in ((), often):
        examples = [sample_scene(rng, actors=1, often=favoured) for _ in range(200)]
        examples += [recast(rng, scene, favoured) for scene in examples]
        cast = [actor.subject for scene in examples for actor in scene.actors]
        shares.append(cast.count("star") / len(cast))
        assert all(not is_held_out(a.subject, a.colour, scene.place) for scene in examples for a in scene.actors)
    assert shares[0] < 0.1
    assert 0.4 < shares[1] < 0.6


def test_choices_come_as_scenes_that_only_what_plays_in_them_tells_apart() -> None:
    one, two, three, other, *_ = draw_choices(np.random.default_rng(3), replace(SMALL, frames=1), 5, 3, "train")
    unseen = (one.subject == 0) & (two.subject == 0) & (three.subject == 0)
    for example in (two, three):
        assert np.abs(one.frames[unseen].astype(int) - example.frames[unseen]).mean() < 8
        assert example.caption != one.caption
    assert np.abs(one.frames[unseen].astype(int) - other.frames[unseen]).mean() > 8
    assert not one.strengths.any()


def test_casts_are_called_by_names_that_fit_one_picture_alone() -> None:
    examples = draw_casts(np.random.default_rng(4), replace(SMALL, frames=1), 40, 4, "train")
    assert len(examples) == len({example.caption for example in examples}) == 40
    assert all(example.subject.any() for example in examples)
    assert all(len(example.caption.split()) <= 5 for example in examples), "no place, no light, no look"
    nouns = {example.caption.split()[-1] for example in examples}
    assert len(nouns) > 12


def test_examples_of_a_chunk_are_as_many_as_asked_for() -> None:
    examples = draw_examples(np.random.default_rng(2), replace(SMALL, frames=1), 5, TaskOdds(), 0.0)
    assert len({example.caption for example in examples}) == 5


def test_a_close_up_holds_the_subject_and_is_cut_between_patches() -> None:
    subject = torch.zeros(1, 14, 24, dtype=torch.bool)
    subject[0, 12, 22] = True
    for seed in range(5):
        window = close_up(subject, 10, np.random.default_rng(seed))
        assert subject[window].shape == (1, 10, 10)
        assert subject[window].any()
        assert window[1].start % 2 == window[2].start % 2 == 0
    assert close_up(torch.zeros_like(subject), 10, np.random.default_rng(0))[1].stop <= 14
