"""Where the files that ship with the studio lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

from sora_studio.core.errors import StudioError

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. resource("model"); raises StudioError when it is missing."""
    for root in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise StudioError(f"The shipped file {'/'.join(parts)} is missing. Install Sora Studio again.")
