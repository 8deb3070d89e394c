"""The same numbers wherever they lie in memory."""

import os
import subprocess
import sys

import pytest

from sora_studio.core.repeating import ALIKE, repeat
from sora_studio.jobs.client import worker_environment

MOVED = """
import torch

torch.manual_seed(0)
differing = 0
for rows, inner, columns in ((6, 32, 32), (48, 32, 64), (18, 64, 32), (90, 48, 96), (7, 33, 17)):
    x, weight = torch.randn(rows, inner), torch.randn(columns, inner)
    for offset in (1, 2, 3, 5, 9):
        room = torch.empty(columns * inner + 16)
        moved = room[offset : offset + columns * inner].view(columns, inner)
        moved.copy_(weight)
        differing += not torch.equal(x @ weight.T, x @ moved.T)
print(differing)
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_worker_computes_the_same_wherever_its_weights_lie(threads: str) -> None:
    environment = worker_environment() | {"OMP_NUM_THREADS": threads}
    ran = subprocess.run([sys.executable, "-c", MOVED], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "0", ran.stderr


def test_what_the_user_has_set_stays() -> None:
    environment = dict.fromkeys(ALIKE, "COMPATIBLE") | {"HOME": "here"}
    repeat(environment)
    assert environment == dict.fromkeys(ALIKE, "COMPATIBLE") | {"HOME": "here"}
    assert set(ALIKE) <= set(os.environ), "tests compute within their own process"
