"""What every test stands on: models in the hub's cache of whoever runs them are not met."""

from __future__ import annotations

import os
import tempfile

os.environ["HF_HUB_CACHE"] = os.path.join(tempfile.gettempdir(), "sora-studio-tests", "no-hub")
