"""Small decoders for previews, in the layout of TAEHV (github.com/madebyollin/taehv): pictures instead of mere colours
at a fraction of what the checkpoint's own VAE takes.

A file that lies with the models is used when its name and its shapes say that it belongs to the VAE. Each of its three
stages may double the sides and the frames; here only the first one doubles the sides, which makes previews of a quarter
of the clip's height in about a quarter of the time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from sora_studio.core.errors import BadInput
from sora_studio.core.request import Frames
from sora_studio.settings.file import load_settings
from sora_studio.settings.folders import model_folders
from sora_studio.weights.headers import Header, read_header

log = logging.getLogger(__name__)

FOLDER = "vae_approx"
"""What ComfyUI calls the folder of such files."""
FIRST, LAST = "decoder.1.weight", "decoder.22.weight"
GROWING, JOINING = (7, 13, 19), (8, 14, 20)
"""Places of the layers that make several frames of one, and of those that lead to the next stage."""
WIDEST = 1024
DOUBLED = (True, False, False)
"""Which stages double the sides."""


class Memory(nn.Module):
    """A block that sees a frame and the one before it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            _conv(2 * width, width), nn.ReLU(), _conv(width, width), nn.ReLU(), _conv(width, width)
        )

    def forward(self, frames: Tensor) -> Tensor:
        """(T, C, h, w) -> the same."""
        before = torch.cat([torch.zeros_like(frames[:1]), frames[:-1]])
        return F.relu(self.conv(torch.cat([frames, before], dim=1)) + frames)


class Grow(nn.Module):
    """Makes `times` frames of each."""

    def __init__(self, width: int, times: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width * times, 1, bias=False)

    def forward(self, frames: Tensor) -> Tensor:
        """(T, C, h, w) -> (T * times, C, h, w)."""
        return self.conv(frames).reshape(-1, *frames.shape[1:])


class Squash(nn.Module):
    """Keeps latents within what the decoder has seen."""

    def forward(self, latents: Tensor) -> Tensor:
        """A smooth limit of 3."""
        return torch.tanh(latents / 3) * 3


class TinyDecoder(nn.Module):
    """Decodes latents of `channels`, `times` frames to a latent frame, `pixel` pixels to the side of a latent pixel."""

    def __init__(self, header: Header) -> None:
        """Built by the shapes of a file. Raises ValueError when they are not those of such a decoder."""
        super().__init__()
        try:
            shapes = {name: header.tensors[name].shape for name in (FIRST, LAST)}
            grown = [header.tensors[f"decoder.{place}.conv.weight"].shape for place in GROWING]
            joined = [header.tensors[f"decoder.{place}.weight"].shape for place in JOINING]
        except KeyError as exc:
            raise ValueError(f"{exc} is missing") from exc
        widths = [shape[1] for shape in grown] + [joined[-1][0]]
        repeats = [shape[0] // max(1, shape[1]) for shape in grown]
        self.channels, self.patch = shapes[FIRST][1], round((shapes[LAST][0] / 3) ** 0.5)
        self.times, self.pixel = repeats[0] * repeats[1] * repeats[2], 8 * self.patch
        if max(*widths, self.channels) > WIDEST or not all(0 < times <= 2 for times in repeats) or self.patch > 8:
            raise ValueError("its shapes are those of something else")
        layers: list[nn.Module] = [Squash(), _conv(self.channels, widths[0]), nn.ReLU()]
        for stage, times in enumerate(repeats):
            layers += [Memory(widths[stage]) for _ in range(3)]
            layers.append(nn.Upsample(scale_factor=2.0) if DOUBLED[stage] else nn.Identity())
            layers += [Grow(widths[stage], times), _conv(widths[stage], widths[stage + 1], bias=False)]
        layers += [nn.ReLU(), _conv(widths[-1], 3 * self.patch**2)]
        self.decoder = nn.Sequential(*layers)

    def frames(self, latents: Tensor) -> Frames:
        """(1, Z, G, h, w) in the loop's scale -> (1 + (G - 1) * times, H, W, 3)."""
        weight = next(self.parameters())
        video = self.decoder(latents[0].transpose(0, 1).to(weight.device, weight.dtype))  # (G * times, C, h, w)
        video = F.pixel_shuffle(video, self.patch)[self.times - 1 :]  # the first latent frame stands for one
        levels = (video.float() * 255).round().clamp(0, 255).to(torch.uint8)
        made: Frames = levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()
        return made


def find_tiny(
    folder: Path, name: str, shape: tuple[int, int, int], device: torch.device, dtype: torch.dtype
) -> TinyDecoder | None:
    """The small decoder for a model in a folder: a file whose name begins with `name`, and whose shapes are `shape`:
    channels of the latents, frames of a latent frame, pixels of a latent pixel. None when there is none."""
    for path in _candidates(_places(folder), name):
        try:
            decoder = TinyDecoder(read_header(path))
            if (decoder.channels, decoder.times, decoder.pixel) != shape:
                continue
            state = {key: tensor for key, tensor in load_file(path).items() if key.startswith("decoder.")}
            decoder.load_state_dict(state)
        except (BadInput, ValueError, RuntimeError, SafetensorError, OSError) as exc:
            log.warning("%s is no decoder for previews: %s", path, exc)
            continue
        return decoder.to(device, dtype).eval().requires_grad_(False)
    return None


def _candidates(places: Iterable[Path], name: str) -> Iterator[Path]:
    """Files by name; safetensors alone, since the others are pickles."""
    for place in places:
        try:
            yield from sorted(path for path in place.glob("*.safetensors") if path.stem.startswith(name))
        except OSError:
            continue


def _places(folder: Path) -> list[Path]:
    """Where such files lie: with the model, with its neighbours, in the folders of models."""
    chosen = load_settings().settings.models
    roots = [folder, folder.parent, folder.parent.parent, *model_folders(chosen.library, chosen.more)]
    return list(dict.fromkeys(place for root in roots for place in (root, root / FOLDER, root / "models" / FOLDER)))


def _conv(inside: int, outside: int, *, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, 3, padding=1, bias=bias)
