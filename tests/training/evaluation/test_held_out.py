"""The scenes that are measured on: none of them trained on, all attributes in turn, the same for a seed."""

from collections import Counter

import numpy as np

from sora_studio.training.evaluation.held_out import held_out_tasks, moving_tasks
from sora_studio.training.evaluation.labels import CLASSES, UNSEEN, as_labels, values_of
from sora_studio.training.evaluation.unseen import unseen_prompts
from sora_studio.training.world import synonyms
from sora_studio.training.world.scene import is_held_out


def test_only_held_out_combinations_are_measured():
    for task in held_out_tasks(0, 1, 40):
        (actor,) = task.scene.actors
        assert is_held_out(actor.subject, actor.colour, task.scene.place)


def test_attributes_come_about_equally_often():
    tasks = held_out_tasks(0, 1, 48)
    looks = Counter(task.scene.look for task in tasks)
    motions = Counter(task.scene.actors[0].motion for task in tasks)
    assert set(looks.values()) == {6}
    assert set(motions.values()) == {4}


def test_a_seed_gives_the_same_tasks_and_another_gives_others():
    assert held_out_tasks(3, 1, 6) == held_out_tasks(3, 1, 6)
    assert held_out_tasks(3, 1, 6) != held_out_tasks(4, 1, 6)
    assert held_out_tasks(3, 1, 6) != held_out_tasks(3, 2, 6)


def test_fixed_attributes_are_fixed():
    assert {task.scene.camera for task in held_out_tasks(0, 1, 12, camera="still")} == {"still"}


def test_seams_are_measured_where_something_moves():
    tasks = moving_tasks(0, 6, 20, camera="still")
    assert len(tasks) == 20
    assert "stays" not in {task.scene.actors[0].motion for task in tasks}


def test_a_render_begins_where_it_is_told_to():
    (task,) = held_out_tasks(0, 1, 1)
    whole, later = task.render(9), task.render(4, start=5 / 8)
    assert np.abs(whole[5:].astype(int) - later.astype(int)).mean() < 1.0


def test_colour_is_not_asked_of_a_film_without_colours():
    grey = next(task for task in held_out_tasks(0, 1, 12, look="black and white film"))
    assert "colour" not in values_of(grey.scene)
    labels = as_labels(values_of(grey.scene), tuple(CLASSES))
    assert labels[list(CLASSES).index("colour")] == UNSEEN
    assert (labels >= 0).sum() == len(CLASSES) - 1


def test_unseen_prompts_say_something_in_words_that_no_caption_uses():
    prompts = unseen_prompts(0, 30)
    assert len(prompts) == 30
    for prompt in prompts:
        assert prompt.wanted
        for name, value in prompt.wanted.items():
            assert any(word in prompt.text for word in synonyms.UNSEEN[name][value])
    assert unseen_prompts(0, 5) == unseen_prompts(0, 5)
