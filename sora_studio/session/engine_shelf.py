"""The engines that can make clips here, as far as was looked: a folder on a slow disk is not read with every key."""

from __future__ import annotations

from sora_studio.core.capabilities import Capabilities
from sora_studio.engines.catalog import Unfit, library_folder, survey


class EngineShelf:
    """The built-in engine and the open models of the library."""

    def __init__(self) -> None:
        self.engines: tuple[Capabilities, ...] = ()
        self.unfit: tuple[Unfit, ...] = ()
        self.look_again()

    @property
    def folder(self) -> str:
        """Where open models are looked for."""
        return str(library_folder())

    def look_again(self) -> None:
        """Read what lies in the library now."""
        self.engines, self.unfit = survey()
