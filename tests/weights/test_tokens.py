"""The token lies in the system's keyring, by hub; where there is none that is said."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoBackend
from keyring.errors import PasswordDeleteError

from sora_studio.core.errors import BadInput
from sora_studio.weights.tokens import NoKeyring, forget_token, save_token, saved_token


class Memory(KeyringBackend):
    """A keyring that forgets when the test ends."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("none")


@pytest.fixture
def memory() -> Iterator[Memory]:
    former, made = keyring.get_keyring(), Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(former)


def test_a_token_is_kept_for_its_hub_alone(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    save_token("  hf_abcdefgh\n")
    assert memory.kept == {("sora-studio", "huggingface.co"): "hf_abcdefgh"}
    assert saved_token() == "hf_abcdefgh"
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    assert saved_token() is None
    monkeypatch.delenv("HF_ENDPOINT")
    forget_token()
    forget_token()
    assert saved_token() is None


@pytest.mark.parametrize("text", ["", "hf_", "two words here", "hf_ä" * 5, "x" * 500, "hf_line\nbreak"])
def test_what_cannot_be_a_token_is_refused(memory: Memory, text: str) -> None:
    with pytest.raises(BadInput, match="no token"):
        save_token(text)
    assert memory.kept == {}


def test_without_a_keyring_it_is_said_what_to_do() -> None:
    former = keyring.get_keyring()
    keyring.set_keyring(NoBackend())
    try:
        assert saved_token() is None
        with pytest.raises(NoKeyring, match=r"no keyring that keeps the token safe.*HF_TOKEN.*hf auth login"):
            save_token("hf_abcdefgh")
    finally:
        keyring.set_keyring(former)
