"""The text tower."""

from pathlib import Path

import pytest
import torch

from sora_studio.model import dropped_tokens, encode_prompts, load_text_tower, token_count
from sora_studio.model.text import words_of
from tests.tiny_model import TEXT_DIM, tiny_text_tower

SHIPPED = Path(__file__).resolve().parents[2] / "resources" / "model"


@torch.no_grad()
def test_prompts_are_padded_to_the_longest() -> None:
    states, mask = encode_prompts(*tiny_text_tower(), ["a red ball", ""])
    assert states.shape == (2, 5, TEXT_DIM)
    assert mask.tolist() == [[True] * 5, [True, True, False, False, False]]


@torch.no_grad()
def test_padding_does_not_change_a_prompt() -> None:
    tokenizer, encoder = tiny_text_tower()
    alone, _ = encode_prompts(tokenizer, encoder, ["red ball"])
    beside, mask = encode_prompts(tokenizer, encoder, ["red ball", "the blue cat moves left over the sea"])
    assert torch.allclose(beside[0, mask[0]], alone[0], atol=1e-5)


@torch.no_grad()
def test_long_prompts_are_cut_and_the_rest_is_counted() -> None:
    tokenizer, encoder = tiny_text_tower()
    prompt = "red " * 90
    states, _ = encode_prompts(tokenizer, encoder, [prompt])
    assert states.shape[1] == 77
    assert token_count(tokenizer, prompt) == 92
    assert dropped_tokens(tokenizer, prompt) == 15
    assert dropped_tokens(tokenizer, "a red ball") == 0


@torch.no_grad()
def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    tokenizer, encoder = tiny_text_tower()
    tokenizer.save_pretrained(tmp_path / "tokenizer")
    encoder.save_pretrained(tmp_path / "text_encoder")
    states, mask = encode_prompts(*load_text_tower(tmp_path), ["a cat at dusk"])
    expected, expected_mask = encode_prompts(tokenizer, encoder, ["a cat at dusk"])
    torch.testing.assert_close(states, expected)
    assert torch.equal(mask, expected_mask)


def test_a_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="tokenizer"):
        load_text_tower(tmp_path / "nothing")


@torch.no_grad()
def test_the_shipped_tower_knows_what_words_mean() -> None:
    tokenizer, encoder = load_text_tower(SHIPPED)
    prompts = ["a crimson ball at dusk", "a red ball at sunset", "a green boat at noon", "", "word " * 300]
    states, mask = encode_prompts(tokenizer, encoder, prompts)
    assert states.shape == (5, 77, 384)
    weight = mask[..., None].float()
    pooled = torch.nn.functional.normalize((states * weight).sum(1) / weight.sum(1), dim=-1)
    assert pooled[0] @ pooled[1] > pooled[0] @ pooled[2] + 0.1
    assert mask[3].sum() == 2
    assert token_count(tokenizer, prompts[4]) == 302


def test_words_are_whole_again() -> None:
    tokenizer, _ = tiny_text_tower()
    prompt = "a  red ball, at well-kept sea!"
    words = words_of(tokenizer, prompt)
    assert [text for text, _ in words] == ["a", "red", "ball", "at", "well-kept", "sea"]
    ids = tokenizer(prompt).input_ids
    tokens = tokenizer.convert_ids_to_tokens(ids)
    assert [tokens[numbers[0]] for _, numbers in words[:4]] == ["a", "red", "ball", "at"]
    assert words[2][1] == (3,), "the comma is no part of it"
    kept = words[4][1]
    assert len(kept) > 3
    assert kept == tuple(range(kept[0], kept[-1] + 1))
    assert words_of(tokenizer, "") == []
    assert [text for text, _ in words_of(tokenizer, prompt, max_length=5)] == ["a", "red", "ball"], "what is read"
