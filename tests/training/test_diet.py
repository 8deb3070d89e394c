from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import max_pool2d

from sora_studio.training.config import BUCKETS, SMALL, DiTTraining
from sora_studio.training.latents import Chunk, ChunkMaker
from sora_studio.training.pool import Stream
from sora_studio.training.train_dit import Pool
from tests.tiny_model import TEXT_DIM


def test_outlines_are_told_in_cells_of_what_a_batch_shows(pipeline_folder: Path) -> None:
    model = {**DiTTraining().model, "outline": 4}
    diet = DiTTraining(image_batch=6, close_batch=6, reuse=2.0, window=4, head_start=2, model=model)
    pool = Pool(diet, Stream(ChunkMaker(diet, 5, pipeline_folder), 0, None, ahead=0))
    pool.fill(0, None, "")
    nothing = torch.zeros(2, TEXT_DIM, dtype=torch.bfloat16)
    sizes = set()
    for step in range(6):
        batch = pool.draw(np.random.default_rng(step), 0, nothing)
        height, width = batch.latents.shape[3:]
        sizes.add(height == width == diet.close_side)
        assert batch.outline.shape == (6, 1, 4 * height, 4 * width)
        whole = max_pool2d(batch.outline.float(), 4).bool()  # (B, 1, h, w)
        assert whole.any()
        # a latent pixel that holds a tenth of the subject need not hold half of any cell, and the other way round
        assert float((whole == batch.subject).float().mean()) > 0.85
        shifted = whole.roll(3, dims=3)
        assert float((shifted == batch.subject).float().mean()) < float((whole == batch.subject).float().mean())
    assert sizes == {True, False}


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
