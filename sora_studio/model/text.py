"""The text tower: a sentence encoder (all-MiniLM-L6-v2) whose token states condition the transformer."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertModel, BertTokenizerFast, PreTrainedModel, PreTrainedTokenizerBase

MAX_TOKENS = 77
"""Longest prompt in tokens, the two special ones included."""


def load_text_tower(
    folder: Path | str, dtype: torch.dtype = torch.float32
) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    """Tokenizer and text encoder of a pipeline folder (its `tokenizer` and `text_encoder` subfolders).

    Raises:
        OSError: one of the subfolders is missing or incomplete.
    """
    tokenizer = BertTokenizerFast.from_pretrained(Path(folder, "tokenizer"), local_files_only=True)
    encoder = BertModel.from_pretrained(Path(folder, "text_encoder"), local_files_only=True, dtype=dtype)
    return tokenizer, encoder.eval()


def encode_prompts(
    tokenizer: PreTrainedTokenizerBase,
    text_encoder: PreTrainedModel,
    prompts: Sequence[str],
    max_length: int = MAX_TOKENS,
) -> tuple[Tensor, Tensor]:
    """Token states of prompts, padded to the longest of them.

    Args:
        tokenizer: as returned by `load_text_tower`.
        text_encoder: the same.
        prompts: B texts; an empty one stands for "no prompt".
        max_length: longer prompts are cut; `token_count` tells by how much.

    Returns:
        states (B, L, 384) in the encoder's dtype and mask (B, L) bool, False for padding, with 2 <= L <= `max_length`.
    """
    tokens = tokenizer(
        list(prompts), padding="longest", truncation=True, max_length=max_length, return_tensors="pt"
    ).to(text_encoder.device)
    states = text_encoder(input_ids=tokens.input_ids, attention_mask=tokens.attention_mask).last_hidden_state
    return states, tokens.attention_mask.bool()


def token_count(tokenizer: PreTrainedTokenizerBase, prompt: str) -> int:
    """Tokens of a prompt, the two special ones included, before any cut."""
    return len(tokenizer(prompt, truncation=False, verbose=False).input_ids)


def words_of(
    tokenizer: PreTrainedTokenizerBase, prompt: str, max_length: int = MAX_TOKENS
) -> list[tuple[str, tuple[int, ...]]]:
    """The words of a prompt as they stand in it, each with the numbers of its tokens in what `encode_prompts` returns.

    Pieces of a word touch each other in the text, which the tokenizer's offsets tell; marks at a word's ends are left
    out, those inside belong to it ("well-kept" is one word of three tokens or more).
    """
    encoded = tokenizer(prompt, truncation=True, max_length=max_length, return_offsets_mapping=True)
    pieces = [(i, start, stop) for i, (start, stop) in enumerate(encoded["offset_mapping"]) if stop > start]
    groups: list[list[tuple[int, int, int]]] = []
    for piece in pieces:
        if groups and groups[-1][-1][2] == piece[1]:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    words = []
    for group in groups:
        spoken = [at for at, (_, start, stop) in enumerate(group) if any(c.isalnum() for c in prompt[start:stop])]
        if spoken:
            kept = group[spoken[0] : spoken[-1] + 1]
            words.append((prompt[kept[0][1] : kept[-1][2]], tuple(i for i, _, _ in kept)))
    return words


def dropped_tokens(tokenizer: PreTrainedTokenizerBase, prompt: str, max_length: int = MAX_TOKENS) -> int:
    """How many tokens at the end of a prompt `encode_prompts` leaves out."""
    return max(0, token_count(tokenizer, prompt) - max_length)
