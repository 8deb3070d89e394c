"""The built-in model's side of language: its text tower, its CLIP pair, and language models of the artist's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import diffusers
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by
import transformers
from safetensors import SafetensorError
from torch import Tensor
from transformers import BertModel, BertTokenizerFast

from sora_studio.core.errors import EngineError, MediaError
from sora_studio.core.request import Frames
from sora_studio.core.time import Rate, Size
from sora_studio.core.understanding import Space, Vectors
from sora_studio.engines.catalog import MODEL_VARIABLE, model_folder
from sora_studio.engines.rewriter import Rewriter
from sora_studio.engines.weights import NO_CLIP, clip_folder
from sora_studio.media.decode import VideoReader
from sora_studio.media.geometry import fit_image, inside
from sora_studio.media.info import frame_count
from sora_studio.model import SoraCLIPModel
from sora_studio.model.text import MAX_TOKENS, encode_prompts, load_text_tower, token_count

BATCH = 64
"""Texts in one pass."""
RATE = Rate(8)
"""The rate of the clips that CLIP was trained on."""
WINDOW = 17
"""Frames of such a clip."""
WINDOWS = 3
"""Most stretches of a long video that are looked at: their mean stands for all of it."""
BOX = Size(256, 256)
"""Frames are shrunk into this before CLIP shrinks them to its patches."""


class SoraUnderstanding:
    """Weights from the model folder, on the processor: questions are small, and the accelerator is the worker's."""

    def __init__(self) -> None:
        for library in (diffusers.utils.logging, transformers.utils.logging):
            library.disable_progress_bar()
        folder = model_folder()
        try:
            tokenizer, encoder = load_text_tower(folder)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as exc:
            raise EngineError(
                "The text tower in {folder} could not be loaded. Install Sora Studio again, or correct {variable}.",
                folder=folder,
                variable=MODEL_VARIABLE,
            ) from exc
        self._tokenizer: BertTokenizerFast = tokenizer
        self._encoder: BertModel = encoder
        self._clip: SoraCLIPModel | None = None
        self._rewriter = Rewriter()

    @torch.inference_mode()
    def embed_texts(self, texts: Sequence[str], space: Space) -> Vectors:
        """A unit vector for each text: the mean of its token states (384), or CLIP's of it."""
        clip = self._pictures_clip() if space == "pictures" else None
        parts = []
        for first in range(0, len(texts), BATCH):
            batch = [" ".join(text.split()) for text in texts[first : first + BATCH]]
            states, mask = encode_prompts(self._tokenizer, self._encoder, batch)  # (B, L, 384), (B, L)
            if clip is not None:
                parts.append(clip.encode_text(states.to(clip.dtype), mask))  # (B, J)
            else:
                weights = mask[..., None].to(states.dtype)  # (B, L, 1)
                mean = (states * weights).sum(1) / weights.sum(1)  # (B, 384)
                parts.append(F.normalize(mean.float(), dim=-1))
        return _numbers(torch.cat(parts)) if parts else np.zeros((0, 1), np.float32)

    @torch.inference_mode()
    def embed_pictures(self, paths: Sequence[Path]) -> Vectors:
        """A unit vector in CLIP's space for each picture or video, the mean of up to three stretches of two seconds."""
        clip = self._pictures_clip()
        rows = []
        for path in paths:
            try:
                looks = [clip.encode_video(_as_video(frames).to(clip.dtype))[0] for frames in stretches(path)]
            except MediaError:
                looks = []
            mean = torch.stack(looks).mean(0) if looks else torch.zeros(clip.config.joint_dim)  # (J,)
            rows.append(F.normalize(mean.float(), dim=-1))
        return _numbers(torch.stack(rows)) if rows else np.zeros((0, 1), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> tuple[tuple[int, ...], int]:
        """Pieces of words of each text, and how many the model reads."""
        return tuple(token_count(self._tokenizer, text) for text in texts), MAX_TOKENS

    def rewrite(self, model: Path, prompt: str, cancelled: Callable[[], bool]) -> str:
        """The prompt in more words, by the language model in a file."""
        return self._rewriter.rewrite(model, prompt, cancelled)

    def _pictures_clip(self) -> SoraCLIPModel:
        if self._clip is None:
            folder = clip_folder()
            if folder is None:
                raise EngineError(NO_CLIP)
            try:
                self._clip = SoraCLIPModel.from_pretrained(folder, local_files_only=True).float().eval()
            except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as exc:
                raise EngineError(
                    "The CLIP weights in {folder} could not be loaded. Install them again.", folder=folder
                ) from exc
        return self._clip


def load_understanding() -> SoraUnderstanding:
    """The loader for the assistant process."""
    return SoraUnderstanding()


def stretches(path: Path) -> Iterator[Frames]:
    """What is looked at of a medium: a picture, or up to three stretches (T, H, W, 3) of two seconds at 8 frames a
    second, evenly spread. Raises MediaError."""
    with VideoReader(path) as reader:
        info = reader.info
        size = inside(info.size, BOX)
        if info.still:
            yield fit_image(reader.frame(0), size)[None]
            return
        total = frame_count(Fraction(info.frames) / info.rate.fps, RATE)
        count = max(1, min(WINDOWS, total // WINDOW))
        for number in range(count):
            start = (total - WINDOW) * (2 * number + 1) // (2 * count) if total > WINDOW else 0
            frames = [fit_image(image, size) for image in reader.sampled(RATE, start, min(total, start + WINDOW))]
            yield np.stack(frames)


def _as_video(frames: Frames) -> Tensor:
    """(T, H, W, 3) uint8 -> (1, 3, T, H, W) in -1..1."""
    return torch.from_numpy(np.ascontiguousarray(frames)).permute(3, 0, 1, 2)[None].float() / 127.5 - 1


def _numbers(vectors: Tensor) -> Vectors:
    found: Vectors = vectors.float().cpu().numpy()
    return found
