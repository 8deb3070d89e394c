"""The hub's token, in the system's keyring: never in a file of the studio, a log or a command line."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from sora_studio.core.errors import BadInput, StudioError

SERVICE = "sora-studio"


class NoKeyring(StudioError):
    """This system keeps no secrets, or did not unlock them."""

    def __init__(self) -> None:
        super().__init__(
            "This system has no keyring that keeps the token safe, or it is locked. Install or unlock one (GNOME "
            "Keyring, KWallet), or set the environment variable HF_TOKEN, or run “hf auth login”: both are used, too."
        )


def saved_token() -> str | None:
    """The token that was pasted for the hub in use; None when there is none or no keyring to ask."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, _host())
    except (KeyringError, RuntimeError, OSError):
        return None


def save_token(token: str) -> None:
    """Keep a token. Raises BadInput for what cannot be one, NoKeyring."""
    import keyring
    from keyring.errors import KeyringError

    token = token.strip()
    if not token.isascii() or not token.isprintable() or not 8 <= len(token) <= 400 or " " in token:
        raise BadInput("That is no token. Copy it whole from the settings of your account on the hub; it begins “hf_”.")
    try:
        keyring.set_password(SERVICE, _host(), token)
    except (KeyringError, RuntimeError, OSError) as exc:
        raise NoKeyring from exc


def forget_token() -> None:
    """Take the token out of the keyring; nothing happens when there is none. Raises NoKeyring."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, _host())
    except PasswordDeleteError:
        pass
    except (KeyringError, RuntimeError, OSError) as exc:
        raise NoKeyring from exc


def _host() -> str:
    """The hub in use: a token for one is never sent to another."""
    return urlsplit(os.environ.get("HF_ENDPOINT") or "https://huggingface.co").netloc
