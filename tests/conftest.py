"""What every test stands on: models in the hub's cache of whoever runs them are not met, and what was imported is not
looked through for garbage again and again."""

from __future__ import annotations

import gc
import os
import tempfile

from sora_studio.core.repeating import repeat

repeat(os.environ)
os.environ["HF_HUB_CACHE"] = os.path.join(tempfile.gettempdir(), "sora-studio-tests", "no-hub")


def pytest_collection_finish() -> None:
    """Half a million objects of torch and diffusers stay until the end: without them a collection takes a tenth."""
    gc.collect()
    gc.freeze()
