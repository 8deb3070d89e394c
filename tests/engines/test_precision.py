"""Device and number format are found out, and stay what they are."""

import torch

from sora_studio.engines.precision import pick_device, pick_dtype


def test_the_choice_works_and_is_steady() -> None:
    device = pick_device()
    dtype = pick_dtype(device)
    assert dtype in (torch.float32, torch.bfloat16)
    assert {pick_dtype(device) for _ in range(3)} == {dtype}
    product = torch.ones(2, 2, device=device, dtype=dtype) @ torch.ones(2, 2, device=device, dtype=dtype)
    assert product.float().tolist() == [[2, 2], [2, 2]]
