from __future__ import annotations

import os
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from sora_studio.core.errors import MediaError
from sora_studio.core.time import Size
from sora_studio.media.decode import VideoReader
from sora_studio.media.pillow import WORKING_SIDE, load_image
from sora_studio.media.probe import probe
from tests.media.films import corners, quadrants


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif", "bmp", "tif", "ppm", "avif"])
def test_still_formats(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture.{suffix}"
    Image.fromarray(quadrants()).save(path)
    info = probe(path)
    assert (info.kind, info.size, info.frames, info.seconds) == ("image", Size(64, 48), 1, 0.0)
    assert corners(load_image(path)) == "RGBW"


def test_the_contents_count_and_not_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "picture.mp4"
    Image.fromarray(quadrants()).save(path, format="PNG")
    assert probe(path).kind == "image"


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [(1, "RGBW"), (2, "GRWB"), (3, "WBGR"), (4, "BWRG"), (5, "RBGW"), (6, "BRWG"), (7, "WGBR"), (8, "GWRB")],
)
def test_exif_orientation(tmp_path: Path, orientation: int, expected: str) -> None:
    picture = Image.fromarray(quadrants())
    exif = picture.getexif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.jpg"
    picture.save(path, exif=exif, quality=95, subsampling=0)
    assert corners(load_image(path)) == expected
    assert probe(path).size == (Size(48, 64) if orientation > 4 else Size(64, 48))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_lies_over_neutral_grey(tmp_path: Path, mode: str) -> None:
    rgba = np.zeros((8, 8, 4), np.uint8)
    rgba[:, 4:] = (255, 255, 255, 255)
    path = tmp_path / "picture.png"
    picture = Image.fromarray(rgba)
    if mode == "P":
        picture = picture.convert("P")
        picture.info["transparency"] = picture.getpixel((0, 0))
        picture.save(path, transparency=picture.getpixel((0, 0)))
    else:
        picture.convert(mode).save(path)
    assert probe(path).alpha
    image = load_image(path)
    assert image[4, 1].tolist() == [128, 128, 128]
    assert image[4, 6].tolist() == [255, 255, 255]


def test_half_transparency_is_mixed(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (255, 0, 0, 128)).save(tmp_path / "a.png")
    assert np.abs(load_image(tmp_path / "a.png")[0, 0].astype(int) - (192, 64, 64)).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "I;16", "I", "F", "LAB"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "picture.tif"
    plain = Image.new("RGB", (8, 6), (128, 128, 128))
    pictures = {
        "I;16": lambda: Image.fromarray(np.full((6, 8), 32896, np.uint16)),
        "I": lambda: Image.fromarray(np.full((6, 8), 32896, np.int32)),
        "F": lambda: Image.fromarray(np.full((6, 8), 0.502, np.float32)),
        "P": lambda: plain.quantize(4),
        "LAB": lambda: Image.new("LAB", (8, 6), (137, 128, 128)),
    }
    (pictures[mode]() if mode in pictures else plain.convert(mode)).save(path)
    image = load_image(path)
    assert image.shape == (6, 8, 3)
    if mode != "1":
        assert np.abs(image.astype(int) - 128).max() <= 12


def test_a_colour_profile_is_applied(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    odd = tmp_path / "odd.png"
    Image.new("RGB", (4, 4), (10, 200, 30)).save(odd, icc_profile=b"not a profile")
    assert load_image(odd)[0, 0].tolist() == [10, 200, 30]
    Image.new("RGB", (4, 4), (10, 200, 30)).save(odd, icc_profile=lab.tobytes())
    assert load_image(odd).shape == (4, 4, 3)
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (4, 4), (10, 200, 30)).save(odd, icc_profile=plain)
    assert load_image(odd)[0, 0].tolist() == [10, 200, 30]


def test_one_pixel(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), (9, 8, 7)).save(tmp_path / "dot.png")
    assert load_image(tmp_path / "dot.png").tolist() == [[[9, 8, 7]]]


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_very_long_picture_is_read_smaller(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"panorama.{suffix}"
    Image.new("RGB", (20_000, 200), (200, 30, 30)).save(path)
    info = probe(path)
    assert info.size == Size(WORKING_SIDE, 82)
    assert any("20000x200" in note for note in info.notes)
    assert np.abs(load_image(path).astype(int) - (200, 30, 30)).max() <= 3


def _png_of_size(path: Path, width: int, height: int) -> Path:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (200_000, 1)])
def test_a_picture_above_the_limit_is_refused_with_the_number(tmp_path: Path, width: int, height: int) -> None:
    path = _png_of_size(tmp_path / "bomb.png", width, height)
    with pytest.raises(MediaError, match=r"200(000x1)?.* million"):
        probe(path)


def test_a_gif_that_hides_its_size(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gif"
    frame = b"!\xf9\x04\x08\x0a\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x08\x02\x00\x00\x00"
    path.write_bytes(b"GIF89a\x40\0\x30\0\x80\0\0" + bytes(6) + frame * 3 + b";")
    with pytest.raises(MediaError, match="200 million"):
        probe(path)


def test_damaged_pictures(tmp_path: Path) -> None:
    good = tmp_path / "good.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(good)
    bad = tmp_path / "bad.png"
    bad.write_bytes(good.read_bytes()[:3000])
    with pytest.raises(MediaError, match="damaged"):
        load_image(bad)
    with pytest.raises(MediaError, match="damaged"):
        probe(bad)


def test_heic_is_named(tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    with pytest.raises(MediaError, match="HEIC"):
        probe(path)


def test_a_video_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("hello")
    with pytest.raises(MediaError, match="not a picture"):
        load_image(path)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(MediaError, match="not a file"):
        probe(tmp_path / "pipe.png")


@contextmanager
def ordinary_user() -> Iterator[Path]:
    """A folder of a user whom permissions bind; root is not bound by them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        if os.geteuid() == 0:
            os.seteuid(65534)
            try:
                yield folder
            finally:
                os.seteuid(0)
        else:
            yield folder


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    with ordinary_user() as folder:
        path = folder / "secret.png"
        path.write_bytes(b"\x89PNG")
        path.chmod(0)
        with pytest.raises(MediaError, match="permissions"):
            probe(path)


def test_a_still_is_on_screen_at_every_index(tmp_path: Path) -> None:
    Image.fromarray(quadrants()).save(tmp_path / "a.png")
    with VideoReader(tmp_path / "a.png") as reader:
        assert np.array_equal(reader.frame(0), reader.frame(1000))
        assert len(list(reader.frames(0, 5))) == 5
