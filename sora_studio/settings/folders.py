"""Where settings and unsaved projects live. SORA_STUDIO_HOME moves both, for portable installations."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE = "SORA_STUDIO_HOME"
_NAME = "sora-studio"


def config_folder() -> Path:
    """The folder of the settings file; may not exist yet."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "config" if home else Path(platformdirs.user_config_dir(_NAME, appauthor=False))


def data_folder() -> Path:
    """The folder of projects that were not saved anywhere yet; may not exist yet."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "data" if home else Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def cache_folder() -> Path:
    """The folder of what can be made again, such as waveforms; may not exist yet."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "cache" if home else Path(platformdirs.user_cache_dir(_NAME, appauthor=False))


def settings_file() -> Path:
    """The settings file; may not exist yet."""
    return config_folder() / "settings.toml"


def looks_folder() -> Path:
    """The folder of the artist's own looks; may not exist yet."""
    return data_folder() / "looks"


def credentials_folder() -> Path:
    """The folder of the key that films are signed with; may not exist yet."""
    return data_folder() / "credentials"


def model_folders(library: str, more: tuple[str, ...]) -> tuple[Path, ...]:
    """The folders of models that settings name; downloads go into the first. None need exist."""
    first = models_folder() if library == "default" else Path(library).expanduser()
    return tuple(dict.fromkeys((first, *(Path(folder).expanduser() for folder in more))))


def models_folder() -> Path:
    """The folder of open models unless the settings name another; may not exist yet."""
    return data_folder() / "models"
