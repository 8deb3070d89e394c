"""The causal video autoencoder: four frames of pixels to one frame of latent, and back.

A latent frame stands for a group of four video frames; the first video frame is a group of its own, so that an image
is a clip of one frame (the scheme of MAGVIT-v2, Yu et al. 2023). Pixels and the frames of a group are folded into
channels at once, and the rest is plain 2D convolution with one look back in time a block: that is what a CPU does best.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.autoencoders.vae import DecoderOutput, DiagonalGaussianDistribution
from diffusers.models.modeling_outputs import AutoencoderKLOutput
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

COLOURS = 3

LINEAR_GAIN = 28.0
"""Scale of the linear path's stored weights over the used ones (equalised learning rate, Karras et al. 2018).

A patch has 768 values: an optimiser that moves each weight by as much would tear the principal components apart.
"""


def channel_norm(x: Tensor) -> Tensor:
    """Layer norm over the channels of each place, without weights: (N, C, h, w) -> (N, C, h, w).

    In channels_last memory this is torch's contiguous layer norm, many times cheaper on a CPU than a group norm.
    """
    return F.layer_norm(x.permute(0, 2, 3, 1), x.shape[1:2]).permute(0, 3, 1, 2)


class CausalConv(nn.Module):
    """A convolution whose kernel is 3x3 on the present group and 1x1 on the one before (zero before the first)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.present = nn.Conv2d(channels, channels, 3, padding=1)
        self.past = nn.Conv2d(channels, channels, 1, bias=False)

    def forward(self, x: Tensor, groups: int) -> Tensor:  # (B*G, C, h, w)
        """Shapes: (B*G, C, h, w) -> (B*G, C, h, w)."""
        y = self.present(x)  # (B*G, C, h, w)
        if groups == 1:
            return y
        past = x.unflatten(0, (-1, groups))[:, :-1].flatten(0, 1)  # (B*(G-1), C, h, w)
        past = self.past(past).unflatten(0, (-1, groups - 1))  # (B, G-1, C, h, w)
        return y + F.pad(past, (0, 0, 0, 0, 0, 0, 1, 0)).flatten(0, 1)  # (B*G, C, h, w)


class ResidualBlock(nn.Module):
    """Norm, causal convolution, convolution; starts as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = CausalConv(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        for parameter in self.conv2.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor, groups: int) -> Tensor:  # (B*G, C, h, w)
        """Shapes: (B*G, C, h, w) -> (B*G, C, h, w)."""
        y = self.conv1(F.silu(channel_norm(x)), groups)  # (B*G, C, h, w)
        return x + self.conv2(F.silu(y))  # (B*G, C, h, w)


class Level(nn.ModuleList):
    """The residual blocks at one size of the picture."""

    def __init__(self, channels: int, layers: int) -> None:
        super().__init__([ResidualBlock(channels) for _ in range(layers)])

    def forward(self, x: Tensor, groups: int) -> Tensor:  # (B*G, C, h, w)
        """Shapes: (B*G, C, h, w) -> (B*G, C, h, w)."""
        for block in self:
            x = block(x, groups)  # (B*G, C, h, w)
        return x


class Encoder(nn.Module):
    """Folded pixels to the parameters of the latent's distribution; halves the picture between levels."""

    def __init__(self, in_channels: int, out_channels: int, widths: Sequence[int], layers: Sequence[int]) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(in_channels, widths[0], 1)
        self.levels = nn.ModuleList([Level(width, n) for width, n in zip(widths, layers, strict=True)])
        self.downsamplers = nn.ModuleList([nn.Conv2d(fine, coarse, 2, stride=2) for fine, coarse in pairwise(widths)])
        self.conv_out = nn.Conv2d(widths[-1], out_channels, 1)
        # nothing is added to the linear path at first, and little noise: at unit noise nothing comes through to learn
        nn.init.zeros_(self.conv_out.weight)
        with torch.no_grad():
            bias = self.conv_out.get_parameter("bias")
            bias[: out_channels // 2] = 0.0
            bias[out_channels // 2 :] = -6.0

    def forward(self, x: Tensor, groups: int) -> Tensor:  # (B*G, 3*f*p*p, H/p, W/p)
        """Shapes: (B*G, 3*f*p*p, H/p, W/p) -> (B*G, 2*Z, h, w)."""
        x = self.conv_in(x)  # (B*G, C0, H/p, W/p)
        x = self.levels[0](x, groups)  # (B*G, C0, H/p, W/p)
        for downsample, level in zip(self.downsamplers, self.levels[1:], strict=True):
            x = downsample(x)  # (B*G, Ci, half, half)
            x = level(x, groups)  # (B*G, Ci, half, half)
        return self.conv_out(F.silu(channel_norm(x)))  # (B*G, 2*Z, h, w): bounded, since a variance is among it


class Decoder(nn.Module):
    """Latent to folded pixels; doubles the picture between levels."""

    def __init__(self, in_channels: int, out_channels: int, widths: Sequence[int], layers: Sequence[int]) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(in_channels, widths[-1], 3, padding=1)
        self.levels = nn.ModuleList([Level(width, n) for width, n in zip(widths, layers, strict=True)])
        self.upsamplers = nn.ModuleList([nn.Conv2d(coarse, 4 * fine, 1) for fine, coarse in pairwise(widths)])
        # 3x3, so that neighbouring patches know of each other and leave no seams
        self.conv_out = nn.Conv2d(widths[0], out_channels, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)  # the linear path alone at first
        nn.init.zeros_(self.conv_out.get_parameter("bias"))

    def forward(self, z: Tensor, groups: int) -> Tensor:  # (B*G, Z, h, w)
        """Shapes: (B*G, Z, h, w) -> (B*G, 3*f*p*p, H/p, W/p)."""
        x = self.conv_in(z)  # (B*G, Cn, h, w)
        for upsample, level in zip(reversed(self.upsamplers), reversed(self.levels[1:]), strict=True):
            x = level(x, groups)  # (B*G, Ci, half, half)
            x = F.pixel_shuffle(upsample(x), 2)  # (B*G, Ci-1, H, W): four times the channels, folded out
        x = self.levels[0](x, groups)  # (B*G, C0, H/p, W/p)
        return self.conv_out(x)  # (B*G, 3*f*p*p, H/p, W/p): no norm here, magnitude is what is shown


class AutoencoderSora(ModelMixin, ConfigMixin):
    """A causal video VAE. A clip of T = f*k + 1 frames becomes k + 1 latent frames.

    A latent frame depends only on the frames up to the last of its group, and decodes from the latent frames up to it.

    Args:
        latent_channels: channels of the latent, Z.
        spatial_compression_ratio: pixels of a latent pixel's edge.
        temporal_compression_ratio: frames of a group, f.
        block_out_channels: width of each level, fine to coarse. The picture is halved between levels; what is missing
            to the compression is folded into channels at the start: 8 with two levels folds patches of p = 4.
        encoder_layers: residual blocks of each level, fine to coarse.
        decoder_layers: the same for the decoder.
        preview_upscale: the preview's size over the latent's.
        preview_width: hidden channels of the preview head.
        latents_mean: mean of each latent channel over the training set, for `normalise`.
        latents_std: what `normalise` divides each by; see `training/export.py` for how loud that leaves it.
    """

    @register_to_config
    def __init__(
        self,
        *,
        latent_channels: int = 16,
        spatial_compression_ratio: int = 8,
        temporal_compression_ratio: int = 4,
        block_out_channels: tuple[int, ...] = (128, 224),
        encoder_layers: tuple[int, ...] = (1, 2),
        decoder_layers: tuple[int, ...] = (2, 2),
        preview_upscale: int = 4,
        preview_width: int = 64,
        latents_mean: list[float] | None = None,  # noqa: ARG002 - read from the config
        latents_std: list[float] | None = None,  # noqa: ARG002
    ) -> None:
        super().__init__()
        halvings = 2 ** (len(block_out_channels) - 1)
        if spatial_compression_ratio % halvings:
            raise ValueError(
                f"A compression of {spatial_compression_ratio} can't be reached with {len(block_out_channels)} levels: "
                f"it must be a multiple of {halvings}."
            )
        self.patch_size = spatial_compression_ratio // halvings
        group = COLOURS * temporal_compression_ratio
        folded = group * self.patch_size**2
        self.encoder = Encoder(folded, 2 * latent_channels, block_out_channels, encoder_layers)
        self.decoder = Decoder(latent_channels, folded, block_out_channels, decoder_layers)
        # A linear path beside each network (Chen et al. 2024, DC-AE), which `begin_linear` sets to principal
        # components: the networks then learn only what a linear code misses.
        self.halvings = halvings
        self.linear_in = nn.Conv2d(folded * halvings**2, latent_channels, 1)
        self.linear_out = nn.Conv2d(latent_channels, folded * halvings**2, 1)
        self.preview_head = nn.Sequential(
            nn.Conv2d(latent_channels, preview_width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(preview_width, group * preview_upscale**2, 1),
        )

    def encode(self, x: Tensor, return_dict: bool = True) -> AutoencoderKLOutput | tuple[DiagonalGaussianDistribution]:
        """Encode clips.

        Args:
            x: (B, 3, T, H, W) in -1..1, T = f*k + 1, H and W multiples of the spatial compression.
            return_dict: whether to wrap the distribution.

        Returns:
            The latent's distribution, mean (B, Z, k+1, h, w).

        Raises:
            ValueError: the clip's size doesn't fit, with the numbers.
        """
        posterior = self.encode_folded(self.fold_clip(x), self.latent_frames(x.shape[2]))
        return AutoencoderKLOutput(latent_dist=posterior) if return_dict else (posterior,)

    def fold_clip(self, x: Tensor) -> Tensor:
        """Clips as the networks see them, the first frame filling a group: (B, 3, T, H, W) -> (B*G, P, H/p, W/p).

        P = 3*f*p*p. Raises ValueError when the clip's size doesn't fit.
        """
        self._check_clip(x)
        frames_per_group = self.config.temporal_compression_ratio
        first = x[:, :, :1].expand(-1, -1, frames_per_group - 1, -1, -1)  # (B, 3, f-1, H, W)
        x = torch.cat([first, x], dim=2)  # (B, 3, G*f, H, W)
        return fold(x, frames_per_group, self.patch_size)  # (B*G, P, H/p, W/p)

    def encode_folded(self, x: Tensor, groups: int) -> DiagonalGaussianDistribution:
        """The latent's distribution, mean (B, Z, G, h, w), of clips from `fold_clip`, (B*G, P, H/p, W/p)."""
        linear = self.linear_in(F.pixel_unshuffle(x, self.halvings)) / LINEAR_GAIN  # (B*G, Z, h, w)
        h = self.encoder(x, groups) + F.pad(linear, (0, 0, 0, 0, 0, linear.shape[1]))  # (B*G, 2Z, h, w)
        return DiagonalGaussianDistribution(h.unflatten(0, (-1, groups)).transpose(1, 2))  # of (B, 2Z, G, h, w)

    def decode(self, z: Tensor, return_dict: bool = True) -> DecoderOutput | tuple[Tensor]:
        """Decode latents: (B, Z, G, h, w) -> clips (B, 3, f*(G-1)+1, H, W), about -1..1, not clamped."""
        folded = self.decode_folded(z)  # (B*G, P, H/p, W/p)
        sample = unfold(folded, z.shape[2], self.config.temporal_compression_ratio, self.patch_size)
        sample = self._drop_repeats(sample)  # (B, 3, f*(G-1)+1, H, W)
        return DecoderOutput(sample=sample) if return_dict else (sample,)

    def decode_folded(self, z: Tensor) -> Tensor:
        """Latents to clips in the form of `fold_clip`, which a loss compares at a third of the cost of pixels.

        Shapes: (B, Z, G, h, w) -> (B*G, P, H/p, W/p).
        """
        groups = z.shape[2]
        z = _by_group(z)  # (B*G, Z, h, w)
        linear = F.pixel_shuffle(self.linear_out(z) / LINEAR_GAIN, self.halvings)  # (B*G, P, H/p, W/p)
        return self.decoder(z, groups) + linear  # (B*G, P, H/p, W/p)

    def decode_preview(self, z: Tensor) -> Tensor:
        """Small picture of a latent in a few milliseconds.

        Shapes: (B, Z, G, h, w) -> (B, 3, f*(G-1)+1, h*u, w*u), about -1..1; u is `preview_upscale`.
        """
        h = self.preview_head(_by_group(z))  # (B*G, 3*f*u*u, h, w)
        upscale = self.config.preview_upscale
        return self._drop_repeats(unfold(h, z.shape[2], self.config.temporal_compression_ratio, upscale))

    @torch.no_grad()
    def begin_linear(self, clips: Tensor) -> None:
        """Set the linear path to the whitened principal components of the patches of clips (B, 3, T, H, W) in -1..1.

        With mean m, leading eigenvectors V and deviations s of the patches: encode (x - m) V / s, decode z s V' + m.
        """
        f = self.config.temporal_compression_ratio
        x = torch.cat([clips[:, :, :1].expand(-1, -1, f - 1, -1, -1), clips], dim=2)  # (B, 3, G*f, H, W)
        x = F.pixel_unshuffle(fold(x, f, self.patch_size), self.halvings)  # (B*G, P, h, w)
        patches = x.permute(0, 2, 3, 1).flatten(0, 2).double()  # (N, P)
        mean = patches.mean(dim=0)  # (P,)
        variance, vectors = torch.linalg.eigh((patches - mean).T @ (patches - mean) / len(patches))  # (P,), (P, P)
        count = self.config.latent_channels
        vectors = vectors.flip(1)[:, :count]  # (P, Z), strongest first
        deviation = variance.flip(0)[:count].clamp(min=1e-6).sqrt()  # (Z,)
        self.linear_in.weight.copy_(LINEAR_GAIN * (vectors / deviation).T[:, :, None, None])
        self.linear_in.get_parameter("bias").copy_(-LINEAR_GAIN * (mean @ vectors) / deviation)
        self.linear_out.weight.copy_(LINEAR_GAIN * (vectors * deviation)[:, :, None, None])
        self.linear_out.get_parameter("bias").copy_(LINEAR_GAIN * mean)

    def forward(
        self, sample: Tensor, sample_posterior: bool = False, generator: torch.Generator | None = None
    ) -> DecoderOutput:
        """Reconstruct clips: (B, 3, T, H, W) -> (B, 3, T, H, W), from a draw of the latent or from its mean."""
        posterior = self.encode(sample, return_dict=False)[0]
        return self.decode(posterior.sample(generator=generator) if sample_posterior else posterior.mode())

    def normalise(self, z: Tensor) -> Tensor:
        """Latents by `latents_mean` and `latents_std`, as the transformer sees them: (B, Z, G, h, w), same."""
        return (z - self._statistic(self.config.latents_mean, 0.0, z)) / self._statistic(
            self.config.latents_std, 1.0, z
        )

    def denormalise(self, z: Tensor) -> Tensor:
        """The inverse of `normalise`: (B, Z, G, h, w), same."""
        return z * self._statistic(self.config.latents_std, 1.0, z) + self._statistic(self.config.latents_mean, 0.0, z)

    def visibility(self) -> Tensor:
        """How much a unit of each normalised latent channel changes the picture along the linear path: (Z,), mean 1."""
        reach = self.linear_out.weight.detach().float().flatten(1).norm(dim=0)  # (Z,)
        reach = reach * reach.new_tensor(self.config.latents_std or [1.0] * len(reach))  # (Z,)
        return reach / reach.mean()

    def latent_frames(self, frames: int) -> int:
        """Latent frames of a clip of `frames` frames.

        Raises:
            ValueError: `frames` is not f*k + 1.
        """
        step = self.config.temporal_compression_ratio
        if frames < 1 or (frames - 1) % step:
            lower = max(frames - 1, 0) // step * step + 1
            raise ValueError(f"{frames} frames can't be encoded; {lower} or {lower + step} can ({step}k + 1).")
        return (frames - 1) // step + 1

    def _statistic(self, values: Sequence[float] | None, default: float, like: Tensor) -> Tensor:
        if values is None:
            return like.new_full((), default)
        return like.new_tensor(values)[:, None, None, None]  # (Z, 1, 1, 1)

    def _drop_repeats(self, x: Tensor) -> Tensor:
        return x[:, :, self.config.temporal_compression_ratio - 1 :]  # the first group's last frame is frame 0

    def _check_clip(self, x: Tensor) -> None:
        self.latent_frames(x.shape[2])
        ratio = self.config.spatial_compression_ratio
        height, width = x.shape[3:]
        if height % ratio or width % ratio:
            raise ValueError(
                f"A picture of {width}x{height} can't be encoded: both sides must be multiples of {ratio}."
            )


def fold(x: Tensor, frames: int, patch: int) -> Tensor:
    """Groups of frames and patches of pixels into channels: (B, 3, G*f, H, W) -> (B*G, 3*f*p*p, H/p, W/p).

    The result lies in channels_last memory.
    """
    x = x.unflatten(4, (-1, patch)).unflatten(3, (-1, patch)).unflatten(2, (-1, frames))  # (B, 3, G, f, H/p, p, W/p, p)
    x = x.permute(0, 2, 4, 6, 1, 3, 5, 7).flatten(4, 7)  # (B, G, H/p, W/p, 3*f*p*p)
    return x.flatten(0, 1).permute(0, 3, 1, 2)  # (B*G, 3*f*p*p, H/p, W/p)


def unfold(x: Tensor, groups: int, frames: int, patch: int) -> Tensor:
    """The inverse of `fold`: (B*G, 3*f*p*p, H/p, W/p) -> (B, 3, G*f, H, W)."""
    x = x.unflatten(1, (COLOURS, frames, patch, patch)).unflatten(0, (-1, groups))  # (B, G, 3, f, p, p, H/p, W/p)
    x = x.permute(0, 2, 1, 3, 6, 4, 7, 5)  # (B, 3, G, f, H/p, p, W/p, p)
    return x.flatten(6, 7).flatten(4, 5).flatten(2, 3)  # (B, 3, G*f, H, W)


def _by_group(z: Tensor) -> Tensor:
    """(B, Z, G, h, w) -> (B*G, Z, h, w) in channels_last memory, which all later layers keep."""
    return z.transpose(1, 2).flatten(0, 1).contiguous(memory_format=torch.channels_last)
