"""The formats a film can be written in, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr

Kind = Literal["container", "gif", "pictures"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A way to write a film.

    `quality` is the encoder's own number, between `best` and `worst` (lower is better for CRF, higher for WebP);
    `quality_option` names it, empty when there is nothing to choose.
    """

    title: str
    suffix: str
    codec: str
    description: str
    kind: Kind = "container"
    container: str = "mp4"
    pixel_format: str = "yuv420p"
    quality: int = 0
    best: int = 0
    worst: int = 0
    quality_option: str = ""
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    tag: str = ""
    max_rate: int = 240
    sound: str = "aac"
    """The sound's encoder; empty when the format holds none."""
    deep: bool = False
    """Whether pictures of sixteen bits are taken and keep more than eight."""
    credentials: str = ""
    """The MIME type under which it is signed; empty when it holds no content credentials."""


_FAST_START = {"movflags": "+faststart"}

PRESETS: dict[str, Preset] = {
    "h264": Preset(
        "H.264 (MP4)",
        ".mp4",
        "libx264",
        "Plays everywhere. The best choice for most films.",
        quality=17,
        best=0,
        worst=51,
        quality_option="crf",
        # Without the tree that looks ahead: x264's decides otherwise now and then while other programs hold the
        # processor, and the same frames would not always give the same film.
        options={"preset": "veryfast", "mbtree": "0"},
        container_options=_FAST_START,
        credentials="video/mp4",
    ),
    "h265": Preset(
        "H.265 (MP4)",
        ".mp4",
        "libx265",
        "Smaller than H.264 at the same quality, plays on newer devices.",
        quality=20,
        best=0,
        worst=51,
        quality_option="crf",
        options={"preset": "superfast"},
        container_options=_FAST_START,
        tag="hvc1",
        credentials="video/mp4",
    ),
    "av1": Preset(
        "AV1 (MP4)",
        ".mp4",
        "libsvtav1",
        "The smallest files, for the web and new devices.",
        quality=28,
        best=1,
        worst=63,
        quality_option="crf",
        options={"preset": "8"},
        container_options=_FAST_START,
        credentials="video/mp4",
    ),
    "vp9": Preset(
        "VP9 (WebM)",
        ".webm",
        "libvpx-vp9",
        "An open format for the web.",
        container="webm",
        sound="libopus",
        quality=24,
        best=0,
        worst=63,
        quality_option="crf",
        options={"b": "0", "deadline": "good", "cpu-used": "5", "row-mt": "1"},
    ),
    "prores": Preset(
        "ProRes 422 HQ (MOV)",
        ".mov",
        "prores",
        "Large files with almost no loss, for editing in other programs.",
        container="mov",
        sound="pcm_s24le",
        pixel_format="yuv422p10le",
        options={"profile": "3"},
        # Without this the comment is limited to 64 kB.
        container_options={"movflags": "+faststart+use_metadata_tags"},
        deep=True,
        credentials="video/quicktime",
    ),
    "gif": Preset(
        "Animated GIF",
        ".gif",
        "gif",
        "Plays in any chat or page. 256 colours, no sound, large.",
        kind="gif",
        container="gif",
        pixel_format="pal8",
        max_rate=50,
        sound="",
        credentials="image/gif",
    ),
    "webp": Preset(
        "Animated WebP",
        ".webp",
        "libwebp_anim",
        "Like GIF with all colours and smaller files.",
        container="webp",
        pixel_format="bgra",
        quality=85,
        best=100,
        worst=1,
        quality_option="quality",
        container_options={"loop": "0"},
        max_rate=50,
        sound="",
        credentials="image/webp",
    ),
    "png": Preset(
        "PNG pictures (folder)",
        "",
        "png",
        "One lossless picture a frame; 16 bits where a clip has more than 8.",
        kind="pictures",
        sound="",
        deep=True,
    ),
}

DEFAULT = "h264"


def find_preset(name: str) -> Preset:
    """The preset of that name; raises BadInput that lists the names."""
    try:
        return PRESETS[name]
    except KeyError as exc:
        raise BadInput(
            "There is no format “{name}”. Choose one of: {known}.", name=name, known=", ".join(PRESETS)
        ) from exc


def quality_of(preset: Preset, quality: int | None) -> int:
    """The quality to use; raises BadInput outside the preset's limits."""
    if quality is None or not preset.quality_option:
        return preset.quality
    low, high = sorted((preset.best, preset.worst))
    if not low <= quality <= high:
        raise BadInput(
            "The quality of {format} lies between {worst} (worst) and {best} (best), not {quality}.",
            format=tr(preset.title),
            worst=preset.worst,
            best=preset.best,
            quality=quality,
        )
    return quality
