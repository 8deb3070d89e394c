"""Where the files that ship with the studio lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(*parts: str) -> Path | None:
    """The path of a shipped file or folder, or None when it is missing."""
    places = (root.joinpath(*parts) for root in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"))
    return next((path for path in places if path.exists()), None)


def resource(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. resource("model"); raises StudioError when it is missing."""
    from sora_studio.core.errors import StudioError  # here, because errors speak through a shipped catalogue

    path = shipped(*parts)
    if path is not None:
        return path
    raise StudioError("The shipped file {file} is missing. Install Sora Studio again.", file="/".join(parts))
