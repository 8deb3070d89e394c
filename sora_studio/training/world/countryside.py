"""Places on dry land: green hills, desert, forest, snowy mountains, meadow."""

from __future__ import annotations

from functools import partial
from typing import Final

from sora_studio.training.world.canvas import Canvas
from sora_studio.training.world.colours import Rgb, darker, lighter, mix
from sora_studio.training.world.scenery import (
    birch,
    bloom,
    cactus,
    conifer,
    cottage,
    round_tree,
    tone_at,
    tuft,
    windmill,
)
from sora_studio.training.world.sky import sky_layers
from sora_studio.training.world.terrain import Land, Layer, Outline, height_at, jagged, rolling, scattered

_GRASS: Final[Rgb] = (118, 186, 84)
_SAND: Final[Rgb] = (238, 196, 128)
_SNOW: Final[Rgb] = (240, 246, 252)
_FIR: Final[Rgb] = (52, 118, 88)
_PETALS: Final[tuple[Rgb, ...]] = ((250, 128, 160), (255, 222, 92), (252, 250, 244), (236, 92, 84), (176, 132, 232))


def green_hills(land: Land, aspect: float) -> list[Layer]:
    """Rolling hills behind one another, with round trees, a cottage or a windmill."""
    far = rolling(land, "far", 0.6, 0.07, 1.7)
    middle = rolling(land, "middle", 0.68, 0.07, 1.3)
    near = rolling(land, "near", 0.79, 0.035, 1.6)
    return [
        *sky_layers(land, aspect),
        Layer(0.2, partial(_hill, land=land, outline=far, colour=(96, 160, 132), distance=0.62)),
        Layer(0.45, partial(_wooded_hill, land=land, outline=middle)),
        Layer(1.0, partial(_grass, land=land, outline=near, colour=_GRASS)),
    ]


def _hill(c: Canvas, *, land: Land, outline: Outline, colour: Rgb, distance: float) -> None:
    tone = tone_at(land.light, distance)
    xs = c.xs()
    ys = outline(xs)
    top = float(ys.min())
    c.fill_below(xs, ys, [(top, tone(lighter(colour, 0.12))), (top + 0.3, tone(darker(colour, 0.16)))])


def _wooded_hill(c: Canvas, *, land: Land, outline: Outline) -> None:
    _hill(c, land=land, outline=outline, colour=(100, 172, 92), distance=0.3)
    tone = tone_at(land.light, 0.26)
    for spot in scattered(c, land, "mill", 1.9):
        y = height_at(outline, spot.x) + 0.01
        if spot.one < 0.5:
            windmill(c, spot.x, y, 0.2, 90 * spot.two, tone)
        else:
            cottage(c, spot.x, y, 0.11, (196, 92, 74), tone)
    for spot in scattered(c, land, "trees", 0.2, 0.6):
        y = height_at(outline, spot.x) + 0.015 + 0.05 * spot.two
        round_tree(c, spot.x, y, 0.08 + 0.05 * spot.one, mix((70, 148, 82), (128, 172, 74), spot.three), tone)


def _grass(c: Canvas, *, land: Land, outline: Outline, colour: Rgb) -> None:
    if land.weather == "snow":
        colour = mix(colour, _SNOW, 0.55)
    tone = tone_at(land.light, 0.0)
    xs = c.xs()
    c.fill_below(
        xs, outline(xs), [(0.74, tone(lighter(colour, 0.2))), (0.84, tone(colour)), (1.0, tone(darker(colour, 0.24)))]
    )
    for spot in scattered(c, land, "tufts", 0.15):
        y = max(0.83, height_at(outline, spot.x) + 0.05) + 0.17 * spot.one
        tuft(
            c,
            spot.x,
            y,
            0.042 + 0.02 * spot.one,
            tone(darker(colour, 0.2) if spot.two < 0.6 else lighter(colour, 0.2)),
        )
        if spot.three < 0.3:
            bloom(c, spot.x + 0.03, y + 0.01, 0.019, tone(_PETALS[int(spot.two * 5)]), tone(darker(colour, 0.3)))


def desert(land: Land, aspect: float) -> list[Layer]:
    """Red table mountains, dunes with shaded sides and cacti."""
    mesas = jagged(land, "mesa", 0.62, 0.2, 0.9)
    dunes = rolling(land, "dunes", 0.7, 0.06, 1.1)
    near = rolling(land, "near", 0.79, 0.03, 1.9)
    return [
        *sky_layers(land, aspect),
        Layer(0.18, partial(_mesas, land=land, outline=mesas)),
        Layer(0.45, partial(_dunes, land=land, outline=dunes)),
        Layer(1.0, partial(_sand, land=land, outline=near)),
    ]


def _mesas(c: Canvas, *, land: Land, outline: Outline) -> None:
    tone = tone_at(land.light, 0.34)
    xs = c.xs(2)
    ys = outline(xs)
    ys = ys.clip(0.5, 0.66)
    rock = (206, 112, 80)
    c.fill_below(
        xs,
        ys,
        [
            (0.5, tone(lighter(rock, 0.2))),
            (0.545, tone(rock)),
            (0.55, tone(darker(rock, 0.2))),
            (0.57, tone(rock)),
            (0.7, tone(mix(rock, _SAND, 0.6))),
        ],
    )


def _dunes(c: Canvas, *, land: Land, outline: Outline) -> None:
    tone = tone_at(land.light, 0.22)
    xs = c.xs()
    ys = outline(xs)
    c.fill_below(xs, ys, [(0.62, tone(lighter(_SAND, 0.18))), (0.8, tone(mix(_SAND, (206, 140, 88), 0.6)))])
    shade = rolling(land, "shade", 0.76, 0.05, 0.8)
    c.fill_below(xs, shade(xs), [(0.7, tone((222, 166, 104))), (0.85, tone((232, 184, 116)))])
    for spot in scattered(c, land, "cacti", 0.5, 0.75):
        cactus(c, spot.x, height_at(outline, spot.x) + 0.03, 0.12 + 0.07 * spot.one, tone)


def _sand(c: Canvas, *, land: Land, outline: Outline) -> None:
    tone = tone_at(land.light, 0.0)
    sand = mix(_SAND, _SNOW, 0.34) if land.weather == "snow" else _SAND
    xs = c.xs()
    c.fill_below(
        xs, outline(xs), [(0.75, tone(lighter(sand, 0.25))), (0.86, tone(sand)), (1.0, tone(darker(sand, 0.2)))]
    )
    for row, base in enumerate((0.87, 0.92, 0.97)):
        ripple = rolling(land, f"ripple{row}", base, 0.014, 0.5)
        points = [(float(x), float(y)) for x, y in zip(xs, ripple(xs), strict=True)]
        c.line(points, 0.013, tone(darker(sand, 0.09)))
    for spot in scattered(c, land, "stones", 0.4, 0.6):
        y = 0.88 + 0.1 * spot.one
        c.ellipse((spot.x, y), (0.022 + 0.016 * spot.two, 0.014), tone((176, 128, 96)))
        c.ellipse((spot.x - 0.006, y - 0.005), (0.014, 0.007), tone((206, 164, 126)))


def forest(land: Land, aspect: float) -> list[Layer]:
    """Tree behind tree, fading into the air, and ferns on the ground."""
    floor = rolling(land, "floor", 0.8, 0.02, 1.4)
    return [
        *sky_layers(land, aspect, 0.66),
        Layer(0.15, partial(_firs, land=land, name="far", base=0.66, size=0.4, distance=0.66)),
        Layer(0.32, partial(_firs, land=land, name="middle", base=0.72, size=0.52, distance=0.42)),
        Layer(0.6, partial(_firs, land=land, name="near", base=0.8, size=0.66, distance=0.16)),
        Layer(1.0, partial(_grass, land=land, outline=floor, colour=(92, 146, 78))),
    ]


def _firs(c: Canvas, *, land: Land, name: str, base: float, size: float, distance: float) -> None:
    tone = tone_at(land.light, distance)
    xs = c.xs(8)
    c.fill_below(xs, xs * 0 + base - 0.02, [(base, tone(_FIR)), (1.0, tone(darker(_FIR, 0.3)))])
    colour = mix(_FIR, _SNOW, 0.5) if land.weather == "snow" else _FIR
    for spot in scattered(c, land, name, 0.34 * size, 0.86):
        conifer(
            c,
            spot.x,
            base + 0.02 * spot.two,
            size * (0.66 + 0.4 * spot.one),
            mix(colour, (92, 142, 84), 0.6 * spot.three),
            tone,
        )


def snowy_mountains(land: Land, aspect: float) -> list[Layer]:
    """Blue peaks with white caps above a snow field with firs."""
    back = jagged(land, "back", 0.62, 0.46, 0.95)
    front = jagged(land, "front", 0.7, 0.36, 0.75)
    field = rolling(land, "field", 0.78, 0.035, 1.5)
    return [
        *sky_layers(land, aspect),
        Layer(0.12, partial(_peaks, land=land, outline=back, rock=(128, 150, 196), distance=0.5)),
        Layer(0.28, partial(_peaks, land=land, outline=front, rock=(98, 118, 166), distance=0.22)),
        Layer(0.6, partial(_snowy_firs, land=land)),
        Layer(1.0, partial(_snow_field, land=land, outline=field)),
    ]


def _peaks(c: Canvas, *, land: Land, outline: Outline, rock: Rgb, distance: float) -> None:
    tone = tone_at(land.light, distance)
    xs = c.xs(2)
    ys = outline(xs)
    top = float(ys.min())
    c.fill_below(xs, ys, [(top, tone(_SNOW)), (0.85, tone(mix(_SNOW, rock, 0.4)))])
    # Rock shows below a ragged snow line that follows the outline.
    ragged = jagged(land, "snow line", 0.0, 0.12, 0.16)(xs)
    c.fill_below(
        xs,
        ys + 0.11 + ragged + 0.4 * (ys - top).clip(0.0, 0.3) * -0.2 + 0.06,
        [(top, tone(lighter(rock, 0.1))), (0.8, tone(darker(rock, 0.1)))],
    )


def _snowy_firs(c: Canvas, *, land: Land) -> None:
    tone = tone_at(land.light, 0.1)
    outline = rolling(land, "firs", 0.74, 0.03, 1.2)
    xs = c.xs()
    c.fill_below(xs, outline(xs), [(0.7, tone(_SNOW)), (0.82, tone((196, 214, 238)))])
    for spot in scattered(c, land, "firs", 0.15, 0.75):
        y, size = height_at(outline, spot.x) + 0.02, 0.14 + 0.09 * spot.one
        conifer(c, spot.x, y, size, mix((58, 110, 106), _SNOW, 0.2 * spot.two), tone)
        c.polygon(
            [(spot.x - 0.07 * size, y - 0.84 * size), (spot.x, y - size), (spot.x + 0.07 * size, y - 0.84 * size)],
            tone(_SNOW),
        )


def _snow_field(c: Canvas, *, land: Land, outline: Outline) -> None:
    tone = tone_at(land.light, 0.0)
    xs = c.xs()
    c.fill_below(
        xs, outline(xs), [(0.74, tone((252, 254, 255))), (0.88, tone((226, 236, 248))), (1.0, tone((178, 200, 232)))]
    )
    for row, base in enumerate((0.88, 0.95)):
        drift = rolling(land, f"drift{row}", base, 0.018, 0.7)
        c.line([(float(x), float(y)) for x, y in zip(xs, drift(xs), strict=True)], 0.014, tone((204, 218, 240)))


def meadow(land: Land, aspect: float) -> list[Layer]:
    """A flat field full of flowers, birches and a fence."""
    hedge = rolling(land, "hedge", 0.62, 0.02, 0.5)
    return [
        *sky_layers(land, aspect),
        Layer(0.2, partial(_hill, land=land, outline=hedge, colour=(92, 150, 108), distance=0.5)),
        Layer(0.5, partial(_field, land=land)),
        Layer(1.0, partial(_flowers, land=land)),
    ]


def _field(c: Canvas, *, land: Land) -> None:
    tone = tone_at(land.light, 0.15)
    xs = c.xs()
    edge = rolling(land, "edge", 0.67, 0.01, 1.5)
    c.fill_below(xs, edge(xs), [(0.66, tone((190, 208, 104))), (0.82, tone((140, 190, 86)))])
    for spot in scattered(c, land, "birches", 0.34, 0.6):
        birch(
            c,
            spot.x,
            0.685 + 0.02 * spot.two,
            0.2 + 0.1 * spot.one,
            mix((150, 186, 84), (214, 190, 86), spot.three),
            tone,
        )
    for spot in scattered(c, land, "dots", 0.075):
        c.circle(spot.x, 0.7 + 0.09 * spot.one, 0.01 + 0.005 * spot.one, tone(_PETALS[int(5 * spot.two)]))


def _flowers(c: Canvas, *, land: Land) -> None:
    tone = tone_at(land.light, 0.0)
    grass = mix((126, 182, 76), _SNOW, 0.5) if land.weather == "snow" else (126, 182, 76)
    xs = c.xs()
    edge = rolling(land, "front", 0.78, 0.015, 1.2)
    c.fill_below(xs, edge(xs), [(0.76, tone(lighter(grass, 0.12))), (1.0, tone(darker(grass, 0.28)))])
    post = tone((178, 136, 98))
    for rail in (0.735, 0.775):
        c.line([(float(xs[0]), rail), (float(xs[-1]), rail)], 0.014, post)
    first = int(c.x0 / 0.22) - 1
    for k in range(first, int(c.x1 / 0.22) + 2):
        c.line([(0.22 * k, 0.81), (0.22 * k, 0.715)], 0.024, tone((196, 154, 112)))
    for row, (low, high, size, spacing) in enumerate(
        ((0.8, 0.86, 0.02, 0.12), (0.86, 0.94, 0.027, 0.16), (0.94, 1.03, 0.036, 0.24))
    ):
        for spot in scattered(c, land, f"row{row}", spacing):
            y = low + (high - low) * spot.one + size
            tuft(c, spot.x - size, y, 1.6 * size, tone(darker(grass, 0.24)))
            bloom(c, spot.x, y, size, tone(_PETALS[int(5 * spot.two)]), tone(darker(grass, 0.32)))
