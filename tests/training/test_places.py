import torch

from sora_studio.training.train_dit import offsets


def test_places_are_told_from_the_middle_of_the_subject_in_its_sizes():
    subject = torch.zeros(1, 2, 14, 24, dtype=torch.bool)
    subject[:, 0, 4:8, 10:14] = True  # 4x4 around row 5.5, column 11.5
    places = offsets(subject)  # (1, 2, 2, 14, 24)
    across, down = places[0, :, 0]
    assert across[4, 10].item() == -1.5 / 4
    assert across[4, 13].item() == 1.5 / 4
    assert down[7, 13].item() == 1.5 / 4
    assert float(places.abs().max()) <= 2
    assert not places[:, :, 1].any()  # no subject, no place


def test_a_subject_that_moves_takes_its_places_along():
    subject = torch.zeros(2, 1, 14, 24, dtype=torch.bool)
    subject[0, 0, 2:7, 3:9] = True
    subject[1, 0, 6:11, 13:19] = True
    before, after = offsets(subject)
    assert torch.equal(before[:, 0, 2:7, 3:9], after[:, 0, 6:11, 13:19])
