"""The token lies in the system's keyring, by hub; where there is none that is said."""

from __future__ import annotations

import keyring
import pytest
from keyring.backends.fail import Keyring as NoBackend

from sora_studio.core.errors import BadInput
from sora_studio.weights.tokens import NoKeyring, forget_token, save_token, saved_token
from tests.fakes.keyring import Memory


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
