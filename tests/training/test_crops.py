import numpy as np

from sora_studio.training.config import VAETraining
from sora_studio.training.crops import CropBatches, moving_photo, moving_photo_clips, photos
from sora_studio.training.sheets import to_frames, to_tensor

CONFIG = VAETraining(crop=48, pixels=17 * 48 * 48)


def test_batches_depend_on_their_number_alone_and_have_one_shape():
    make = CropBatches(CONFIG, seed=1)
    lengths = set()
    for number in range(6):
        batch = make(number)
        assert batch.dtype == np.uint8
        assert batch.shape[2:] == (48, 48, 3)
        assert np.array_equal(batch, make(number))
        lengths.add(batch.shape[1])
    assert lengths <= {1, 9, 17}


def test_photos_move_and_some_are_kept_for_measuring():
    clip = moving_photo(np.random.default_rng(0), (64, 48), 5)
    assert clip.shape == (5, 48, 64, 3)
    assert not np.array_equal(clip[0], clip[4])
    assert len(photos(False)) > len(photos(True)) > 0
    assert len(moving_photo_clips(0, 2, 1)) == 2


def test_frames_survive_the_way_to_tensors_and_back():
    clips = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 5, 3), dtype=np.uint8)
    tensor = to_tensor(clips)
    assert tensor.shape == (2, 3, 3, 4, 5)
    assert float(tensor.abs().max()) <= 1
    assert np.array_equal(to_frames(tensor), clips)
