from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.training.config import BUCKETS, SMALL, DiTTraining
from sora_studio.training.latents import Chunk, ChunkMaker


def test_a_batch_holds_as_many_more_clips_as_they_are_smaller() -> None:
    diet = DiTTraining.clips()
    for full, small in zip(BUCKETS, SMALL, strict=True):
        whole, half = full[0] * full[1], small[0] * small[1]
        assert diet.batch(17, whole) == diet.clip_batch
        assert diet.batch(17, half) * half == pytest.approx(diet.batch(17, whole) * whole, rel=0.1)
        assert diet.batch(1, whole) == diet.image_batch


def test_some_clips_are_small_and_no_image_is(pipeline_folder: Path) -> None:
    diet = replace(DiTTraining.clips(), clip_batch=2, image_batch=2, reuse=2.0)
    make = ChunkMaker(diet, 5, pipeline_folder)
    shapes = [Chunk.unpack(make(number)).shape for number in range(12)]
    areas = {shape[1] > 1: set() for shape in shapes}
    for _, groups, height, width in shapes:
        areas[groups > 1].add(height * width > 200)
    assert areas == {True: {True, False}, False: {True}}
