"""The reader of clips: shapes, what it is not asked, saving, and that it learns."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sora_studio.core.errors import BadInput
from sora_studio.training.commands import CLASSIFIER
from sora_studio.training.config import CLIP_FRAMES
from sora_studio.training.evaluation.classifier import CLOSE, crop, load_classifier, read
from sora_studio.training.evaluation.held_out import held_out_tasks
from sora_studio.training.evaluation.labels import CLASSES, MOVING, STANDING, UNSEEN, values_of
from sora_studio.training.export import export_classifier
from sora_studio.training.optimisers import Trainer
from sora_studio.training.train_classifier import (
    LabelledBatches,
    attribute_loss,
    forward,
    measure,
    render_group,
    train_classifier,
)


def some_clips(frames: int = CLIP_FRAMES, size: tuple[int, int] = (64, 96)) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (3, frames, *size, 3), dtype=np.uint8)


@pytest.mark.parametrize(("frames", "size"), [(17, (112, 192)), (5, (144, 144)), (33, (192, 112))])
def test_clips_of_any_length_and_shape_are_read(tiny_classifier, frames, size):
    found = read(tiny_classifier, list(some_clips(frames, size)), batch=2)
    assert len(found) == 3
    for row in found:
        assert {name: row[name] in values for name, values in CLASSES.items()} == dict.fromkeys(CLASSES, True)


def test_a_picture_is_not_asked_how_it_moves(tiny_classifier):
    (row,) = read(tiny_classifier, [some_clips(1)[0]])
    assert tuple(row) == STANDING


def test_what_spins_is_read_though_it_stands_on_its_head():
    """Between the first frame and the last it is upside down; what is read there alone tells seven of ten."""
    classifier = load_classifier(CLASSIFIER)
    right = 0
    for task in held_out_tasks(5, 1, 48):
        spinning = replace(task.scene, actors=(replace(task.scene.actors[0], motion="spins"),))
        (found,) = read(classifier, [replace(task, scene=spinning).render()])
        right += found["subject"] == values_of(spinning)["subject"]
    assert right >= 44


def test_movement_is_read_from_the_order_of_frames(tiny_classifier):
    x = torch.rand(1, 3, 17, 32, 48).bfloat16() * 2 - 1
    there, back = tiny_classifier(x), tiny_classifier(x.flip(2))
    assert not torch.equal(there["motion"], back["motion"])


def test_batches_are_the_same_for_a_number_and_hold_what_is_asked(tiny):
    maker = LabelledBatches(tiny["classifier"], 0)
    kinds = set()
    for number in range(3):
        batch = maker(number)
        count, frames, height, width = batch["clips"].shape[:4]
        names = STANDING if frames == 1 else MOVING
        scale = 16 if frames == 1 else 8
        assert count == (8 if frames == 1 else 4)
        kinds.add(frames)
        assert batch["labels"].shape == (count, len(names))
        assert batch["actor"].shape == (count, frames, height // scale, width // scale)
        for column, name in zip(batch["labels"].T, names, strict=True):
            assert set(column.tolist()) <= {UNSEEN, *range(len(CLASSES[name]))}
    assert kinds == {1, CLIP_FRAMES}
    again = maker(1)
    render_group.cache_clear()
    assert all(np.array_equal(value, maker(1)[name]) for name, value in again.items())


def test_a_group_of_renders_is_in_as_many_batches_as_it_is_used(tiny):
    maker = LabelledBatches(tiny["classifier"], 0)
    first, second = (number for number in range(5) if maker(number)["clips"].shape[1] == CLIP_FRAMES)
    assert np.array_equal(maker(first)["labels"][2:], maker(second)["labels"][:2])
    assert not np.array_equal(maker(first)["clips"][2:], maker(second)["clips"][:2])


def test_the_close_look_follows_the_actor_and_its_size():
    x = torch.full((2, 3, 112, 192), -1.0)
    x[0, :, 70:90, 20:40] = 1.0
    x[1, :, 20:60, 120:160] = 1.0
    presence = torch.nn.functional.avg_pool2d(x[:, 0], 16) / 2 + 0.5
    close = crop(x, presence)
    assert close.shape == (2, 3, CLOSE, CLOSE)
    for one in close[:, 0]:
        bright = (one > 0).nonzero().float()
        assert bright.mean(dim=0) == pytest.approx(torch.full((2,), CLOSE / 2), abs=5)
        assert 0.15 < len(bright) / CLOSE**2 < 0.6


def test_what_cannot_be_seen_teaches_nothing():
    logits = {"subject": torch.zeros(2, 5, requires_grad=True)}
    attribute_loss(logits, torch.tensor([[UNSEEN], [UNSEEN]])).backward()
    assert not logits["subject"].grad.any()


def test_it_learns_a_batch_by_heart(tiny):
    from sora_studio.training.evaluation.classifier import AttributeClassifier

    torch.manual_seed(0)
    maker = LabelledBatches(tiny["classifier"], 0)
    batch = next(maker(k) for k in range(20) if maker(k)["clips"].shape[1] == 1)
    trainer = Trainer(AttributeClassifier(**tiny["classifier"].model), tiny["classifier"].optimisation, torch.bfloat16)
    clips = torch.from_numpy(batch["clips"]).permute(0, 4, 1, 2, 3).float() / 127.5 - 1
    labels, actor = torch.from_numpy(batch["labels"]), torch.from_numpy(batch["actor"]).float() / 255
    losses = []
    for _ in range(40):
        logits, _, _ = forward(trainer.model, clips, actor, torch.Generator().manual_seed(0))
        loss = attribute_loss(logits, labels)
        losses.append(float(loss.detach()))
        trainer.update(loss)
    assert losses[-1] < 0.5 * losses[0]


def test_a_trained_classifier_is_exported_loaded_and_measured(tiny, run, tmp_path):
    model = train_classifier(tiny["classifier"], run)
    folder = export_classifier(run.folder, tmp_path / "classifier")
    again = load_classifier(folder)
    clips = list(some_clips())
    assert read(again, clips) == read(model, clips)
    found = measure(model, 0, clips=2)
    assert set(found) == {f"held_out_{name}" for name in CLASSES}
    assert all(0 <= value <= 1 for value in found.values())


def test_a_folder_without_a_classifier_is_a_sentence(tmp_path):
    with pytest.raises(BadInput, match="train classifier"):
        load_classifier(tmp_path)
