"""What the hub's refusals and a drive's mean, in sentences."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from sora_studio.core.errors import BadInput, EngineError, StudioError
from sora_studio.core.fetching import Trouble

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


class FetchError(EngineError):
    """A download cannot go on; `trouble` says of what kind the reason is."""

    def __init__(self, error: StudioError, trouble: Trouble) -> None:
        super().__init__(str(error))
        self.trouble: Trouble = trouble


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of the hub."""

    repo: str
    page: str
    token: bool


def said(exc: Exception, asked: Asked) -> FetchError:
    """An error of the hub's library, of the network or the drive as a sentence."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RemoteEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    match exc:
        case GatedRepoError():
            return _access(asked)
        case RevisionNotFoundError() | RemoteEntryNotFoundError():
            return FetchError(
                BadInput(
                    "“{repo}” was changed by its authors since the download began. Remove what was fetched and begin "
                    "again.",
                    repo=asked.repo,
                ),
                "other",
            )
        case HfHubHTTPError() if exc.response.headers.get("X-Error-Message", "").startswith("Invalid credentials"):
            return FetchError(BadInput("The hub does not accept the token. Paste a new one."), "access")
        case RepositoryNotFoundError():
            return FetchError(
                BadInput(
                    "The hub does not show “{repo}”: it is gone, or only those with a token that may read it see it.",
                    repo=asked.repo,
                ),
                "access",
            )
        case HfHubHTTPError():
            return _status(exc.response.status_code, asked)
        case OfflineModeIsEnabled():
            return FetchError(BadInput("HF_HUB_OFFLINE is set, so nothing is fetched. Remove the variable."), "network")
        case OSError() if exc.errno in FULL:
            return FetchError(
                BadInput(
                    "The drive is full. Free some room and go on: what was fetched of “{repo}” is kept.",
                    repo=asked.repo,
                ),
                "room",
            )
        case OSError() if exc.errno is not None and exc.filename is not None:
            return FetchError(
                BadInput("“{path}” cannot be written ({why}). Free the place.", path=exc.filename, why=exc.strerror),
                "other",
            )
    return FetchError(
        BadInput(
            "The hub cannot be reached, or the connection broke ({why}). Check the network and go on: what was fetched "
            "of “{repo}” is kept.",
            why=str(exc).strip().splitlines()[0][:160] if str(exc).strip() else type(exc).__name__,
            repo=asked.repo,
        ),
        "network",
    )


def _status(status: int, asked: Asked) -> FetchError:
    if status in (401, 403):
        return _access(asked)
    if status == 429:
        return FetchError(
            BadInput(
                "The hub answers too many requests at present. Go on in some minutes: what was fetched of “{repo}” is "
                "kept.",
                repo=asked.repo,
            ),
            "network",
        )
    return FetchError(
        BadInput(
            "The hub has trouble of its own (answer {status}). Go on later: what was fetched of “{repo}” is kept.",
            status=status,
            repo=asked.repo,
        ),
        "network",
    )


def _access(asked: Asked) -> FetchError:
    if asked.token:
        return FetchError(
            BadInput(
                "“{repo}” is given out by its authors on request, and your token may not read it yet. Ask for access "
                "at {page}, and see that the token may read gated models.",
                repo=asked.repo,
                page=asked.page,
            ),
            "access",
        )
    return FetchError(
        BadInput(
            "“{repo}” is given out by its authors on request. Ask for access at {page}, then paste a token of your "
            "account.",
            repo=asked.repo,
            page=asked.page,
        ),
        "access",
    )
