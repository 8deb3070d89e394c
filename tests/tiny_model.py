"""A real but tiny pipeline with random weights, saved to disk: what tests of several packages load."""

from pathlib import Path

import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from transformers import BertConfig, BertModel, BertTokenizerFast

from sora_studio.model import AutoencoderSora, SoraCLIPModel, SoraPipeline, SoraTransformer3DModel

WORDS = (
    "a",
    "the",
    "red",
    "blue",
    "green",
    "ball",
    "cat",
    "boat",
    "house",
    "moves",
    "rises",
    "left",
    "over",
    "sea",
    "at",
    "dusk",
)
TEXT_DIM = 32


def tiny_vae() -> AutoencoderSora:
    """8x8x4 with 16 channels, as the shipped one; 9 thousand parameters."""
    return AutoencoderSora(
        block_out_channels=(8, 8), encoder_layers=(1, 1), decoder_layers=(1, 1), preview_upscale=2, preview_width=8
    ).eval()


def tiny_transformer(**config: object) -> SoraTransformer3DModel:
    """Two blocks, two heads of 12. The zero-initialised layers are filled, so that every input matters."""
    heads = {"num_attention_heads": 2, "attention_head_dim": 12, "rope_axes_dim": (4, 4, 4)}
    small = {"num_layers": 2, "text_dim": TEXT_DIM, "head_width": 16, "head_layers": 1}
    model = SoraTransformer3DModel(**{**small, **heads, **config})
    for parameter in model.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.05)
    return model.eval()


def tiny_clip() -> SoraCLIPModel:
    """One block of width 16 behind convolutions of width 8."""
    stem = {"stem_widths": (8, 8), "stem_layers": (1, 1)}
    return SoraCLIPModel(
        width=16, num_layers=1, num_heads=2, text_dim=TEXT_DIM, joint_dim=8, patches_per_frame=6, max_frames=3, **stem
    ).eval()


def tiny_text_tower() -> tuple[BertTokenizerFast, BertModel]:
    """One BERT layer of width 32 and a vocabulary of a few words and single letters."""
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = BertTokenizerFast(vocab=vocab, model_max_length=512)
    config = BertConfig(
        vocab_size=len(vocab),
        hidden_size=TEXT_DIM,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    return tokenizer, BertModel(config).eval()


def tiny_pipeline(seed: int = 0) -> SoraPipeline:
    """The pipeline in memory. Leaves torch's global generator as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        tokenizer, text_encoder = tiny_text_tower()
        pipeline = SoraPipeline(
            vae=tiny_vae(),
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            transformer=tiny_transformer(),
            scheduler=FlowMatchEulerDiscreteScheduler(shift=2.0),
            clip=tiny_clip(),
        )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def build_tiny_pipeline(folder: Path, seed: int = 0) -> Path:
    """Save the tiny pipeline as a folder in the layout of diffusers and return that folder."""
    tiny_pipeline(seed).save_pretrained(folder)
    return folder
