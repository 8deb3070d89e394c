"""What a network weighs, by the tables of its files."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

from sora_studio.core.forecast import Part
from sora_studio.weights.shapes import part_of, part_of_shapes


def test_of_two_streams_the_wider_one_counts() -> None:
    """LTX-2 has more matrices for its sound than for its picture."""
    picture = {f"blocks.0.to_{name}.weight": (8, 8) for name in "qkv"}
    sound = {f"blocks.0.audio_to_{name}.weight": (4, 4) for name in "qkvo"}
    feed = {"blocks.0.in.weight": (32, 8), "blocks.0.out.weight": (8, 32)}
    part = part_of_shapes("transformer", picture | sound | feed)
    assert (part.width, part.wide) == (8, 32)


def test_numbers_blocks_and_widths_are_counted_over_all_files(tmp_path: Path) -> None:
    def block(number: int) -> dict[str, torch.Tensor]:
        return {
            f"blocks.{number}.to_q.weight": torch.zeros(8, 8),
            f"blocks.{number}.norm.linear.weight": torch.zeros(48, 8),  # leads away, not back
            f"blocks.{number}.ffn.0.weight": torch.zeros(24, 8),
            f"blocks.{number}.ffn.2.weight": torch.zeros(8, 24),
        }

    outside = {
        "patch.weight": torch.zeros(8, 4, 1, 2, 2),
        "embed.0.weight": torch.zeros(5),
        "words.weight": torch.zeros(100, 8),
    }
    save_file(block(0) | outside, tmp_path / "a.safetensors")
    save_file(block(1), tmp_path / "b.safetensors")
    each = 64 + 384 + 2 * 192
    found = part_of("transformer", sorted(tmp_path.iterdir()))
    assert found == Part("transformer", 2 * each + 128 + 5 + 800, block=each, leaf=800, blocks=2, width=8, wide=24)


def test_nothing_is_nothing() -> None:
    assert part_of("vae", ()) == Part("vae", 0)
