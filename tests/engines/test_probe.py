"""What this machine says of itself."""

from __future__ import annotations

import psutil
import torch

from sora_studio.core.machine import machine_data, machine_from
from sora_studio.engines import probe
from sora_studio.engines.precision import pick_device


def test_the_machine_is_as_torch_and_the_system_know_it() -> None:
    found = probe()
    memory = psutil.virtual_memory()
    assert found.processor.total == memory.total
    assert 0 < found.processor.free <= memory.total
    assert found.processor.name
    assert 1e8 < found.processor.rate < 1e15
    assert len(found.cards) == torch.cuda.device_count() + torch.backends.mps.is_available()
    assert found.device.kind in (("cpu",) if pick_device().type == "cpu" else ("cuda", "rocm", "mps"))
    assert machine_from(machine_data(found)) == found


def test_it_is_asked_again_after_an_engine_was_loaded() -> None:
    import sora_studio.engines
    import sora_studio.engines.families.outlook  # engines ask, too

    sora_studio.engines.probe()
    assert sora_studio.engines.probe().processor.name == probe().processor.name


def test_what_the_worker_holds_counts_as_free() -> None:
    before = probe().processor.free
    held = torch.ones(100_000_000)  # 400 MB
    assert probe().processor.free > before - 200_000_000
    del held
