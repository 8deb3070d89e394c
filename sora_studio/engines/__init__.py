"""One file a model family: turns a window into that pipeline's call and yields events. torch comes in with `load`."""

from __future__ import annotations

from sora_studio.core.engine import Engine
from sora_studio.core.machine import Machine
from sora_studio.engines.catalog import BUILT_IN, capabilities, found
from sora_studio.engines.upscalers import upscaler_called


def load_engine(name: str) -> Engine:
    """The engine of a name in the catalog or of a model's folder, not yet in memory. Raises BadInput listing the names
    for any other."""
    if name == BUILT_IN:
        from sora_studio.engines.sora import SoraEngine  # not at the top: it brings torch, which takes seconds

        return SoraEngine(capabilities(name))
    if (enlarges := upscaler_called(name)) is not None:
        from sora_studio.engines.span import SpanEngine

        return SpanEngine(enlarges)
    model = found(name)
    from sora_studio.engines.families.engine import CheckpointEngine

    return CheckpointEngine(model)


def probe() -> Machine:
    """What this machine has to make clips with; imports torch."""
    from sora_studio.engines.hardware import probe as ask

    return ask()
