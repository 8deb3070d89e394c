"""The one door to Pillow of this package: still pictures and short animations."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import ExifTags, ImageCms, ImageOps, features
from PIL import Image as Pillow

from sora_studio.core.errors import MediaError
from sora_studio.core.time import Size
from sora_studio.media.colour import deep_over_backdrop, over_backdrop
from sora_studio.media.geometry import Deep, Image, inside
from sora_studio.media.opencv import cv2
from sora_studio.media.reasons import check_readable, unreadable

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM")
MAX_PIXELS = 200_000_000
"""Larger pictures are refused."""
WORKING_SIDE = 8192
"""Pictures are brought down to this longest side when they are read."""
_MAX_SIDE = 65_500
_PNG_BITS = 24
"""Where a PNG says how many bits a colour has."""

# Pillow refuses twice this many by itself, also where a file hides its size from `open_picture`, and warns from it on.
Pillow.MAX_IMAGE_PIXELS = MAX_PIXELS * 5 // 8
warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)

_TOO_LARGE = (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning)
PILLOW_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    MemoryError,
    AttributeError,
    RuntimeError,
    AssertionError,
    struct.error,
    zlib.error,
    Pillow.DecompressionBombError,
    Warning,  # where warnings are errors
)
"""What Pillow's readers raise on damaged files."""


def is_picture(path: Path) -> bool:
    """Whether the first bytes are those of a picture format Pillow reads; raises MediaError for unreadable files."""
    check_readable(path)
    with path.open("rb") as file:
        head = file.read(32)
    if head[4:8] == b"ftyp" and head[8:12] == b"avif":
        if not features.check("avif"):
            raise MediaError(
                "“{name}” is an AVIF picture, which this system cannot read. Save it as PNG or JPEG.", name=path.name
            )
        return True
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"):
        raise MediaError("“{name}” is a HEIC picture, which cannot be read. Save it as JPEG or PNG.", name=path.name)
    return (
        head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or head[:2] in (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6")
    )


def open_picture(path: Path) -> Pillow.Image:
    """The picture, its pixels unread; raises MediaError when it is damaged or too large."""
    try:
        picture = Pillow.open(path, formats=FORMATS)
    except _TOO_LARGE as exc:
        raise MediaError(
            "“{name}” has more than the {millions} million pixels that can be read. Make it smaller first.",
            name=path.name,
            millions=MAX_PIXELS // 1000000,
        ) from exc
    except PILLOW_ERRORS as exc:
        raise unreadable(path, exc) from exc
    width, height = picture.size
    if max(width, height) > _MAX_SIDE or width * height > MAX_PIXELS:
        picture.close()
        raise MediaError(
            "“{name}” has {width}x{height} pixels; at most {millions} million, and {side} in a row, can be "
            "read. Make it smaller first.",
            name=path.name,
            width=width,
            height=height,
            millions=MAX_PIXELS // 1000000,
            side=_MAX_SIDE,
        )
    return picture


def working_size(picture: Pillow.Image) -> Size:
    """The size at which the picture is read, before turning it upright."""
    size = Size(*picture.size)
    if max(picture.size) <= WORKING_SIDE:
        return size
    return inside(size, Size(WORKING_SIDE, WORKING_SIDE))


def load_image(path: Path) -> Image:
    """The picture of a file as (H, W, 3) sRGB: turned upright (EXIF), transparency laid over neutral grey, at most
    `WORKING_SIDE` pixels long; the first one of an animation. Raises MediaError with what to do."""
    path = Path(path)
    if not is_picture(path):
        raise MediaError("“{name}” is not a picture that can be read. Choose a PNG, JPEG or WebP file.", name=path.name)
    with open_picture(path) as picture:
        try:
            size = working_size(picture)
            if size != Size(*picture.size):
                picture.draft("RGB", (size.width, size.height))
                picture.thumbnail((size.width, size.height), Pillow.Resampling.BOX)
            return pixels(ImageOps.exif_transpose(picture))
        except PILLOW_ERRORS as exc:
            raise unreadable(path, exc) from exc


def is_deep(path: Path, picture: Pillow.Image) -> bool:
    """Whether an opened picture can be read in sixteen bits: a PNG of so many that is upright, no larger than pictures
    are read, and in no colour profile, which can be brought to sRGB in eight bits only. Raises MediaError."""
    if picture.format != "PNG" or max(picture.size) > WORKING_SIDE or "icc_profile" in picture.info:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_PNG_BITS + 1)
        return head[_PNG_BITS] == 16 and picture.getexif().get(ExifTags.Base.Orientation, 1) == 1
    except PILLOW_ERRORS as exc:
        raise unreadable(path, exc) from exc


def load_deep(path: Path) -> Deep:
    """The picture of an `is_deep` file as (H, W, 3) sRGB in sixteen bits, transparency laid over neutral grey. Raises
    MediaError."""
    try:
        read = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    except (OSError, cv2.error) as exc:
        raise unreadable(path, exc) from exc
    if read is None or read.dtype != np.uint16:
        raise unreadable(path)
    if read.ndim == 2:
        return np.repeat(read[..., None], 3, axis=-1)
    if read.shape[-1] == 4:
        return deep_over_backdrop(read[..., [2, 1, 0, 3]])
    return np.ascontiguousarray(read[..., ::-1])


def pixels(picture: Pillow.Image) -> Image:
    """A Pillow picture of any mode as (H, W, 3) sRGB over neutral grey."""
    picture = _to_8_bits(picture)
    picture = _to_srgb(picture)
    if has_alpha(picture):
        return over_backdrop(np.asarray(picture.convert("RGBA")))
    return np.array(picture.convert("RGB"), dtype=np.uint8)


def has_alpha(picture: Pillow.Image) -> bool:
    """Whether the picture has transparency."""
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def _to_8_bits(picture: Pillow.Image) -> Pillow.Image:
    """Sixteen-bit and floating-point greys as eight bits; Pillow itself would cut them off at 255."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    values = np.nan_to_num(np.asarray(picture).astype(np.float64))
    top = 1.0 if picture.mode == "F" and values.max(initial=0.0) <= 1.0 else 65535.0
    if picture.mode == "I" and values.max(initial=0.0) <= 255:
        top = 255.0
    return Pillow.fromarray(np.round(np.clip(values / top, 0.0, 1.0) * 255).astype(np.uint8))


def _to_srgb(picture: Pillow.Image) -> Pillow.Image:
    """The picture in sRGB when it carries another colour profile; an unusable profile is passed over."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return picture
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        out = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return out or picture
