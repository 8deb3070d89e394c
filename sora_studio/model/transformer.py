"""The diffusion transformer: predicts the flow of a video latent from its noisy state, its given frames and the text.

The shape is DiT (Peebles and Xie 2023) with adaLN-single and text cross-attention (PixArt-alpha, Chen et al. 2023),
rotary positions in time, height and width, and given frames concatenated by channel.
"""

import torch
import torch.nn.functional as F
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.loaders import PeftAdapterMixin
from diffusers.models.modeling_outputs import Transformer2DModelOutput
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

from sora_studio.model.attention import (
    attention,
    attention_weights,
    merge_heads,
    rotary_angles,
    rotate,
    sinusoid,
    split_heads,
)
from sora_studio.model.carrying import carry

MASKED = -1e4
"""Score of a padded text token: as good as minus infinity after the softmax, and finite in every dtype."""

SEEN_PLACES = 2
"""Across and down, from the middle of what is seen, in its sizes."""

MOVES = 2
"""Across and down, see `SoraTransformer3DModel.moving`."""

LEAST_SIGMA = 0.05
"""Noise levels below this count as this where the velocity is derived: it divides by them (Li and He 2025)."""


class ScalarEmbedding(nn.Module):
    """A number as a vector: a sinusoid and two layers. Noise level and guidance scale enter this way."""

    def __init__(self, width: int, waves: int = 256) -> None:
        super().__init__()
        self.waves = waves
        self.linear_1 = nn.Linear(waves, width)
        self.linear_2 = nn.Linear(width, width)

    def forward(self, values: Tensor) -> Tensor:  # (B,)
        """(B,) -> (B, D)."""
        x = sinusoid(values, self.waves).to(self.linear_1.weight.dtype)  # (B, waves)
        x = F.silu(self.linear_1(x))  # (B, D)
        return self.linear_2(x)  # (B, D)


class TextSense(nn.Module):
    """What a text says as a whole, with every direction in which texts differ equally loud; nothing at first.

    Means of token states lie close together: "pans left" and "pans right" are an eighth of their length apart, and a
    layer that reads them as they are learns the difference late. The first layer begins as the whitening of many
    texts' means (`whiten`), and is trained on like any other. A norm behind it keeps texts unlike all of those, no
    text among them, as loud as the rest.
    """

    def __init__(self, text_dim: int, width: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(text_dim, text_dim)
        self.linear_2 = nn.Linear(text_dim, width)

    def forward(self, mean: Tensor) -> Tensor:  # (B, text_dim)
        """(B, text_dim) -> (B, D)."""
        white = F.layer_norm(self.linear_1(mean), mean.shape[-1:])  # (B, text_dim)
        return self.linear_2(F.gelu(white))  # (B, D)

    @torch.no_grad()
    def whiten(self, means: Tensor) -> None:
        """Begin with what makes these means (N, text_dim) uncorrelated and of unit variance, N well above text_dim."""
        middle = means.double().mean(dim=0)  # (text_dim,)
        values, vectors = torch.linalg.eigh(torch.cov(means.double().T))  # (text_dim,), (text_dim, text_dim)
        # Directions in which texts hardly differ are noise: they stay as quiet as a hundredth of the loudest.
        matrix = vectors @ torch.diag(values.clamp(min=float(values[-1]) * 1e-4).rsqrt()) @ vectors.T
        self.linear_1.weight.copy_(matrix)
        self.linear_1.bias.copy_(-matrix @ middle)


class SelfAttention(nn.Module):
    """Attention among the spacetime tokens, queries and keys normalised per head and turned by their place.

    Normalised queries and keys (Dehghani et al. 2023) keep bf16 training stable. The norm has no weights of its own;
    one learned temperature a head takes their place, since weights would cost more than the attention scores.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.temperature = nn.Parameter(torch.full((heads, 1, 1), (width // heads) ** -0.5))
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:  # (B, S, D), (S, d/2), (S, d/2)
        """Shapes: (B, S, D) -> (B, S, D)."""
        q, k, v = (split_heads(part, self.heads) for part in self.qkv(x).chunk(3, dim=-1))  # (B, H, S, d) each
        q = rotate(F.layer_norm(q, q.shape[-1:]) * self.temperature, cos, sin)  # (B, H, S, d)
        k = rotate(F.layer_norm(k, k.shape[-1:]), cos, sin)  # (B, H, S, d)
        return self.out(merge_heads(attention(q, k, v)))  # (B, S, D)


class CrossAttention(nn.Module):
    """Attention of the spacetime tokens to the text tokens. The output starts at zero (PixArt-alpha)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(width, width)
        self.kv = nn.Linear(width, 2 * width)
        self.temperature = nn.Parameter(torch.full((heads, 1, 1), (width // heads) ** -0.5))
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, text: Tensor, bias: Tensor | None) -> Tensor:  # (B, S, D), (B, L, D), (B, 1, 1, L)
        """Shapes: (B, S, D) -> (B, S, D)."""
        q, k, v = self._heads(x, text)
        return self.out(merge_heads(attention(q, k, v, bias)))  # (B, S, D)

    def weights(self, x: Tensor, text: Tensor, bias: Tensor | None) -> Tensor:
        """How much each spacetime token takes from each text token, for the arguments of `forward`: (B, H, S, L)."""
        q, k, _ = self._heads(x, text)
        return attention_weights(q, k, bias)  # (B, H, S, L)

    def _heads(self, x: Tensor, text: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries (B, H, S, d), keys and values (B, H, L, d)."""
        q = split_heads(self.q(x), self.heads)  # (B, H, S, d)
        k, v = (split_heads(part, self.heads) for part in self.kv(text).chunk(2, dim=-1))  # (B, H, L, d) each
        q = F.layer_norm(q, q.shape[-1:]) * self.temperature  # (B, H, S, d)
        k = F.layer_norm(k, k.shape[-1:])  # (B, H, L, d)
        return q, k, v


class FeedForward(nn.Module):
    """Two layers on each token. Exact GELU: on a CPU the tanh form takes four times as long."""

    def __init__(self, width: int, ratio: float) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(width, int(width * ratio))
        self.linear_2 = nn.Linear(int(width * ratio), width)

    def forward(self, x: Tensor) -> Tensor:  # (B, S, D)
        """Shapes: (B, S, D) -> (B, S, D)."""
        return self.linear_2(F.gelu(self.linear_1(x)))  # (B, S, D)


class LocalMix(nn.Module):
    """Adds to each token what its neighbours in space and time say, each channel for itself; nothing at first.

    Attention has to learn what is near; a 3x3 depthwise convolution before the feed-forward layers knows
    (Mix-FFN, as in SANA, Xie et al. 2024). Without it a network trained as briefly as this one leaves seams between
    patches.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)
        self.past = nn.Parameter(torch.zeros(width))
        self.future = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor, grid: tuple[int, int, int]) -> Tensor:  # (B, S, D)
        """Shapes: (B, S, D) -> (B, S, D), with S the product of the grid's frames, height and width."""
        frames = x.unflatten(1, grid).flatten(0, 1).permute(0, 3, 1, 2)  # (B*T, D, h, w), channels last in memory
        mixed = self.conv(frames).permute(0, 2, 3, 1)  # (B*T, h, w, D)
        mixed = x + mixed.reshape(x.shape)  # (B, S, D)
        area = grid[1] * grid[2]
        if grid[0] == 1:
            return mixed
        before = F.pad(x[:, :-area], (0, 0, area, 0))  # (B, S, D)
        after = F.pad(x[:, area:], (0, 0, 0, area))  # (B, S, D)
        return torch.addcmul(torch.addcmul(mixed, before, self.past), after, self.future)  # (B, S, D)


class DetailBlock(nn.Module):
    """A residual pair of convolutions on latent pixels, told the noise level by shift and scale."""

    def __init__(self, width: int, condition: int) -> None:
        super().__init__()
        self.modulation = nn.Linear(condition, 2 * width)
        self.conv_1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv_2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:  # (N, h, w, W), (B, D)
        """Shapes: (N, h, w, W) -> (N, h, w, W), with N the frames of all B clips."""
        shift, scale = self.modulation(time)[:, None].chunk(2, dim=-1)  # (B, 1, W) each
        inner = modulate(x.reshape(len(time), -1, x.shape[-1]), shift, scale)  # (B, T*h*w, W)
        inner = self.conv_1(inner.view(x.shape).permute(0, 3, 1, 2))  # (N, W, h, w), channels last in memory
        return x + self.conv_2(F.gelu(inner)).permute(0, 2, 3, 1)  # (N, h, w, W)


class DetailHead(nn.Module):
    """Adds to the clean latent what only latent pixels show: a few convolutions on tokens, noisy latent and canvas.
    Nothing at first.

    A token writes a patch of its own from a stream that is narrower than the patch; convolutions across the borders
    join the patches (U-ViT, Bao et al. 2023) and take fine detail from the noisy latent itself, as the skip
    connections of a U-Net do.
    """

    def __init__(self, channels: int, condition: int, patch: int, width: int, depth: int) -> None:
        super().__init__()
        self.patch = patch
        self.stem = nn.Conv2d(2 * channels, width, 3, padding=1)
        self.spread = nn.Linear(condition, width * patch**2)
        self.blocks = nn.ModuleList([DetailBlock(width, condition) for _ in range(depth)])
        self.out = nn.Conv2d(width, channels, 3, padding=1)

    def forward(
        self,
        tokens: Tensor,  # (B, S, D)
        noisy: Tensor,  # (B, C, T, h, w)
        canvas: Tensor,  # (B, C, T, h, w)
        time: Tensor,  # (B, D)
        grid: tuple[int, int, int],
    ) -> Tensor:
        """What to add to the clean latent, (B, C, T, h, w)."""
        told = torch.cat([noisy, canvas], dim=1).permute(0, 2, 3, 4, 1).flatten(0, 1)  # (N, h, w, 2C), N = B*T
        x = self.stem(told.contiguous().permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # (N, h, w, W)
        spread = unpatchify(self.spread(tokens), grid, self.patch)  # (B, W, T, h, w)
        x = x + spread.permute(0, 2, 3, 4, 1).flatten(0, 1)  # (N, h, w, W)
        for block in self.blocks:
            x = block(x, time)  # (N, h, w, W)
        change = self.out(F.gelu(x).permute(0, 3, 1, 2))  # (N, C, h, w)
        return change.unflatten(0, (len(time), -1)).transpose(1, 2)  # (B, C, T, h, w)


class SoraBlock(nn.Module):
    """One transformer block. Shift, scale and gate are a shared function of the noise level plus a table of its own."""

    def __init__(self, width: int, heads: int, mlp_ratio: float) -> None:
        super().__init__()
        self.modulation = nn.Parameter(torch.zeros(6, width))
        self.attn1 = SelfAttention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.attn2 = CrossAttention(width, heads)
        self.local = LocalMix(width)
        self.ff = FeedForward(width, mlp_ratio)

    def forward(
        self,
        x: Tensor,  # (B, S, D)
        modulation: Tensor,  # (B, 6, D)
        text: Tensor,  # (B, L, D)
        text_bias: Tensor | None,  # (B, 1, 1, L)
        cos: Tensor,  # (S, d/2)
        sin: Tensor,  # (S, d/2)
        grid: tuple[int, int, int],
    ) -> Tensor:
        """Shapes: (B, S, D) -> (B, S, D), with S the product of the grid's frames, height and width."""
        shift1, scale1, gate1, shift2, scale2, gate2 = (modulation + self.modulation).split(1, dim=1)  # (B, 1, D) each
        x = torch.addcmul(x, gate1, self.attn1(modulate(x, shift1, scale1), cos, sin))  # (B, S, D)
        x = x + self.attn2(self.norm2(x), text, text_bias)  # (B, S, D)
        inner = self.local(modulate(x, shift2, scale2), grid)  # (B, S, D)
        return torch.addcmul(x, gate2, self.ff(inner))  # (B, S, D)


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Adaptive layer norm: (B, S, D) with (B, 1, D) twice -> (B, S, D)."""
    return torch.addcmul(shift, F.layer_norm(x, x.shape[-1:]), 1 + scale)


class SoraTransformer3DModel(ModelMixin, ConfigMixin, PeftAdapterMixin):
    """A diffusion transformer over spacetime latent patches.

    The last layer says what the clean latent x_0 is, and the velocity follows, v = (x - x_0) / sigma. Clean latents
    lie near a surface of few dimensions; noise fills all of them, and a token's 256 values of it (64 channels, patch 2)
    would have to be carried through a stream of 384 ("Back to Basics", Li and He 2025). What is given needs no way
    through the stream at all: each token says what share of the canvas to copy.

    Args:
        in_channels: channels of the video latent.
        strength_channels: per-frame strengths folded to one latent frame (the temporal compression of the VAE).
        patch_size: latent pixels to a token, along height and width. Time is never patched.
        num_layers: blocks.
        num_attention_heads: heads of self- and cross-attention.
        attention_head_dim: channels of a head; heads times this is the width D.
        rope_axes_dim: channels of a head that turn with time, height and width.
        rope_theta: the slowest rotary wave is 2 pi theta tokens long.
        mlp_ratio: hidden width of the feed-forward layers over D.
        head_width: channels of the convolutions on latent pixels behind the blocks.
        head_layers: pairs of those convolutions; 0 for none.
        text_dim: channels of the text states.
        guidance_embeds: whether the guidance scale can be an input (weights distilled to work without a second pass).
        outline: cells along the edge of a latent pixel in which `see` tells the subject's outline.
        distilled_steps: up to so many steps the weights take the embedded scale in place of classifier-free guidance
            and need no second pass; 0 if they were not trained for it.
    """

    _repeated_blocks = ["SoraBlock"]  # noqa: RUF012 - the name and form that diffusers reads
    _no_split_modules = ["SoraBlock"]  # noqa: RUF012

    @register_to_config
    def __init__(
        self,
        *,
        in_channels: int = 16,
        strength_channels: int = 4,
        patch_size: int = 2,
        num_layers: int = 12,
        num_attention_heads: int = 6,
        attention_head_dim: int = 64,
        rope_axes_dim: tuple[int, int, int] = (16, 24, 24),
        rope_theta: float = 100.0,  # noqa: ARG002 - read from the config
        mlp_ratio: float = 4.0,
        head_width: int = 128,
        head_layers: int = 3,
        text_dim: int = 384,
        guidance_embeds: bool = True,
        outline: int = 1,
        distilled_steps: int = 0,
    ) -> None:
        super().__init__()
        if sum(rope_axes_dim) != attention_head_dim or any(dim % 2 for dim in rope_axes_dim):
            raise ValueError(
                f"rope_axes_dim {tuple(rope_axes_dim)} must be even numbers that sum to {attention_head_dim}."
            )
        if distilled_steps and not guidance_embeds:
            raise ValueError("distilled_steps needs guidance_embeds=True: the scale would have no way in.")
        width = num_attention_heads * attention_head_dim
        area = patch_size**2
        self.patch_embed = nn.Linear((2 * in_channels + strength_channels) * area, width)
        self.time_embed = ScalarEmbedding(width)
        self.guidance_embed = ScalarEmbedding(width) if guidance_embeds else None
        self.text_embed = nn.Sequential(nn.Linear(text_dim, width), nn.GELU(), nn.Linear(width, width))
        self.text_pool = nn.Linear(text_dim, width)
        self.text_sense = TextSense(text_dim, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList([SoraBlock(width, num_attention_heads, mlp_ratio) for _ in range(num_layers)])
        self.final_modulation = nn.Linear(width, 2 * width)
        self.proj_out = nn.Linear(width, in_channels * area)
        self.proj_copy = nn.Linear(width, in_channels)
        self.proj_seen = nn.Linear(width, area * outline**2 + SEEN_PLACES)
        self.proj_moves = nn.Linear(width, MOVES)
        self.head = DetailHead(in_channels, width, patch_size, head_width, head_layers) if head_layers else None
        self.initialize_weights()

    def initialize_weights(self) -> None:
        """Small, even layers; zero where a branch joins the stream, so that each untrained block is the identity."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)  # as DiT: keeps the variance through square layers
                nn.init.zeros_(module.bias)
            if isinstance(module, CrossAttention):
                nn.init.zeros_(module.out.weight)
            if isinstance(module, LocalMix):
                nn.init.zeros_(module.conv.weight)
        zero_at_start: list[nn.Linear | nn.Conv2d] = [
            self.modulation,
            self.final_modulation,
            self.proj_out,
            self.proj_copy,
            self.proj_seen,
            self.proj_moves,
            self.text_sense.linear_2,
        ]
        if self.head is not None:
            zero_at_start.append(self.head.out)
        if self.guidance_embed is not None:
            zero_at_start.append(self.guidance_embed.linear_2)  # weights trained without it can take it up later
        for layer in zero_at_start:
            nn.init.zeros_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(
        self,
        hidden_states: Tensor,
        canvas: Tensor,
        strength: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        encoder_attention_mask: Tensor | None = None,
        guidance: Tensor | None = None,
        return_dict: bool = True,
    ) -> Transformer2DModelOutput | tuple[Tensor]:
        """Predict the velocity of the rectified flow, noise minus data (Lipman et al. 2023, Liu et al. 2023).

        Args:
            hidden_states: (B, C, T, h, w) noisy latent, x = (1 - sigma) data + sigma noise.
            canvas: (B, C, T, h, w) latent of the given frames, each held until the next (see canvas.py); zero for none.
            strength: (B, 4, T, h, w) how much of each frame is kept, folded to latent time, 0 to 1.
            timestep: (B,) sigma, 0 (data) to 1 (noise), float32.
            encoder_hidden_states: (B, L, text_dim) text states.
            encoder_attention_mask: (B, L) bool, False for padding; None if all tokens count.
            guidance: (B,) guidance scale for distilled weights; None leaves it out.
            return_dict: whether to wrap the sample.

        Returns:
            The velocity, (B, C, T, h, w) float32.

        Raises:
            ValueError: the sizes don't fit, or a guidance scale meets weights without `guidance_embeds`.
        """
        self._check_inputs(hidden_states, canvas, strength, guidance)
        frames, height, width = hidden_states.shape[2:]
        grid = (frames, height // self.config.patch_size, width // self.config.patch_size)

        x = torch.cat([hidden_states, canvas, strength], dim=1)  # (B, 2C+4, T, h, w)
        x = self.patch_embed(patchify(x, self.config.patch_size))  # (B, S, D)
        cos, sin = rotary_angles(grid, self.config.rope_axes_dim, self.config.rope_theta, x.device)  # (S, d/2) each
        cos, sin = cos.to(x.dtype), sin.to(x.dtype)  # (S, d/2) each

        text_bias = None
        if encoder_attention_mask is not None:
            text_bias = (~encoder_attention_mask).to(x.dtype)[:, None, None] * MASKED  # (B, 1, 1, L)
        text = self.text_embed(encoder_hidden_states)  # (B, L, D)

        told = masked_mean(encoder_hidden_states, encoder_attention_mask)  # (B, text_dim)
        time = self._steering(timestep, told, guidance)  # (B, D)
        modulation = self.modulation(time).unflatten(-1, (6, -1))  # (B, 6, D)

        for block in self.blocks:
            x = block(x, modulation, text, text_bias, cos, sin, grid)  # (B, S, D)
            if block is self.seeing_block:
                moves = unpatchify(self.moving(x), grid, 1)  # (B, 2, T, h/p, w/p)
        canvas = carry(canvas, strength, moves)  # (B, C, T, h, w)

        shift, scale = self.final_modulation(time)[:, None].chunk(2, dim=-1)  # (B, 1, D) each
        x = modulate(x, shift, scale)  # (B, S, D)
        data = self._clean(x, canvas, grid)  # (B, C, T, h, w)
        if self.head is not None:
            data = data + self.head(x, hidden_states, canvas, time, grid)  # (B, C, T, h, w)
        sample = velocity_towards(data, hidden_states, timestep)  # (B, C, T, h, w)
        return Transformer2DModelOutput(sample=sample) if return_dict else (sample,)

    @property
    def seeing_block(self) -> nn.Module:
        """The block, past the middle, behind which the stream knows where the subject is."""
        return self.blocks[len(self.blocks) * 5 // 8]

    def see(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Where the subject is, read from the stream behind `seeing_block`.

        Taught as a second loss: what pixels alone teach late can be asked for early (representation alignment, Yu et
        al. 2024, with what a renderer knows in place of another network's features).

        Args:
            x: (B, S, D) the stream.

        Returns:
            Logits of the subject's presence in each of the `outline` * `outline` cells of each latent pixel of a token,
            row by row, (B, S, n) with n = (p * outline)^2, and the token's place from the middle of the subject, across
            and down, in units of the root of its area, (B, S, 2).
        """
        seen = self.proj_seen(F.layer_norm(x, x.shape[-1:]))  # (B, S, n + 2)
        return seen[..., :-SEEN_PLACES], seen[..., -SEEN_PLACES:]

    def moving(self, x: Tensor) -> Tensor:
        """Where the picture of each token moves, read from the stream behind `seeing_block`: (B, S, D) -> (B, S, 2).

        Across and down in quarters of a latent pixel a frame. Taught as `see` is: a network that is asked for pixels
        alone learns what things look like long before it learns how they move (VideoJAM, Chefer et al. 2025).
        """
        return self.proj_moves(F.layer_norm(x, x.shape[-1:]))  # (B, S, 2)

    def _steering(self, timestep: Tensor, told: Tensor, guidance: Tensor | None) -> Tensor:
        """What the adaptive norms are told, noise level, words as a whole and guidance scale: (B, D)."""
        time = self.time_embed(timestep.float() * 1000) + self.text_pool(told) + self.text_sense(told)  # (B, D)
        if guidance is not None and self.guidance_embed is not None:
            time = time + self.guidance_embed(guidance.float() * 100)  # (B, D)
        return F.silu(time)  # (B, D)

    def _clean(self, x: Tensor, canvas: Tensor, grid: tuple[int, int, int]) -> Tensor:
        """What tokens write of the clean latent and the share of the canvas that each copies: (B, C, T, h, w)."""
        patch = self.config.patch_size
        share = self.proj_copy(x).repeat_interleave(patch**2, dim=-1)  # (B, S, C*p*p), equal within a patch
        return unpatchify(self.proj_out(x), grid, patch) + canvas * unpatchify(share, grid, patch)  # (B, C, T, h, w)

    def _check_inputs(self, hidden_states: Tensor, canvas: Tensor, strength: Tensor, guidance: Tensor | None) -> None:
        batch, _, frames, height, width = hidden_states.shape
        if height % self.config.patch_size or width % self.config.patch_size:
            raise ValueError(f"A latent of {height}x{width} can't be cut into patches of {self.config.patch_size}.")
        if canvas.shape != hidden_states.shape:
            raise ValueError(f"canvas is {tuple(canvas.shape)}, the noisy latent {tuple(hidden_states.shape)}.")
        expected = (batch, self.config.strength_channels, frames, height, width)
        if strength.shape != expected:
            raise ValueError(f"strength is {tuple(strength.shape)}, expected {expected}.")
        if guidance is not None and self.guidance_embed is None:
            raise ValueError("These weights take no guidance scale as input (guidance_embeds is False).")


def velocity_towards(data: Tensor, noisy: Tensor, sigma: Tensor) -> Tensor:
    """The velocity of the flow from what the clean latent is, v = (x - x_0) / sigma: (B, C, T, h, w) float32.

    The last layer says x_0: clean latents lie near a surface of few dimensions; noise fills all of them, and a token's
    256 values of it would have to be carried through a stream of 384 ("Back to Basics", Li and He 2025).
    """
    level = sigma.float().clamp(min=LEAST_SIGMA).view(-1, 1, 1, 1, 1)
    return (noisy.float() - data.float()) / level  # (B, C, T, h, w)


def patchify(x: Tensor, patch: int) -> Tensor:
    """Cut a latent into tokens, time outermost: (B, C, T, h, w) -> (B, T*h/p*w/p, C*p*p)."""
    x = x.unflatten(4, (-1, patch)).unflatten(3, (-1, patch))  # (B, C, T, h/p, p, w/p, p)
    return x.permute(0, 2, 3, 5, 1, 4, 6).flatten(4, 6).flatten(1, 3)  # (B, S, C*p*p)


def unpatchify(x: Tensor, grid: tuple[int, int, int], patch: int) -> Tensor:
    """Join tokens to a latent again, the inverse of `patchify`: (B, S, C*p*p) -> (B, C, T, h, w)."""
    x = x.unflatten(2, (-1, patch, patch)).unflatten(1, grid)  # (B, T, h/p, w/p, C, p, p)
    return x.permute(0, 4, 1, 2, 5, 3, 6).flatten(5, 6).flatten(3, 4)  # (B, C, T, h, w)


def masked_mean(states: Tensor, mask: Tensor | None) -> Tensor:
    """Mean of the text states that are no padding: (B, L, D), (B, L) -> (B, D)."""
    if mask is None:
        return states.mean(dim=1)
    weight = mask.to(states.dtype)[..., None]  # (B, L, 1)
    return (states * weight).sum(dim=1) / weight.sum(dim=1)  # (B, D)
