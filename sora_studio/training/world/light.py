"""Light by time of day and weather: sky, haze, the tint of surfaces, the sun or moon and the rim it draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sora_studio.training.world.colours import Rgb, mix, tinted


@dataclass(frozen=True, slots=True)
class Light:
    """One light situation. Tints are factors a channel; the sun's place is in picture widths and heights."""

    name: str
    sky: tuple[Rgb, Rgb, Rgb]
    tint: Rgb
    subject_tint: Rgb
    sun: tuple[float, float]
    sun_size: float
    sun_colour: Rgb
    glow: float
    rim: Rgb
    rim_strength: float
    direction: tuple[float, float]
    shadow: float
    stars: float
    lamps: float
    haze: float = 0.0

    def surface(self, colour: Rgb, distance: float = 0.0) -> Rgb:
        """A surface in this light, faded into the horizon by `distance` 0..1."""
        share = min(0.96, 0.82 * distance + self.haze * (0.25 + 0.75 * distance))
        return mix(tinted(colour, self.tint), self.sky[2], share)

    def on_subject(self, colour: Rgb) -> Rgb:
        """A surface of a subject: gentler than the land, so that colours keep their names at night."""
        return tinted(colour, self.subject_tint)


TIMES: Final[dict[str, Light]] = {
    "dawn": Light(
        name="dawn",
        sky=((112, 138, 202), (226, 178, 202), (255, 222, 190)),
        tint=(0.95, 0.84, 0.92),
        subject_tint=(1.01, 0.97, 0.98),
        sun=(0.2, 0.47),
        sun_size=0.055,
        sun_colour=(255, 240, 214),
        glow=0.62,
        rim=(255, 222, 206),
        rim_strength=0.75,
        direction=(-0.9, -0.44),
        shadow=0.26,
        stars=0.0,
        lamps=0.15,
    ),
    "day": Light(
        name="day",
        sky=((70, 148, 226), (136, 198, 242), (214, 238, 248)),
        tint=(1.0, 1.0, 0.98),
        subject_tint=(1.03, 1.03, 1.02),
        sun=(0.72, 0.15),
        sun_size=0.06,
        sun_colour=(255, 250, 222),
        glow=0.5,
        rim=(255, 252, 236),
        rim_strength=0.6,
        direction=(0.5, -0.87),
        shadow=0.36,
        stars=0.0,
        lamps=0.0,
    ),
    "sunset": Light(
        name="sunset",
        sky=((88, 60, 134), (226, 98, 100), (255, 182, 92)),
        tint=(0.98, 0.66, 0.58),
        subject_tint=(1.02, 0.95, 0.92),
        sun=(0.76, 0.46),
        sun_size=0.1,
        sun_colour=(255, 226, 136),
        glow=0.85,
        rim=(255, 190, 110),
        rim_strength=0.9,
        direction=(0.92, -0.4),
        shadow=0.38,
        stars=0.0,
        lamps=0.35,
    ),
    "night": Light(
        name="night",
        sky=((10, 16, 48), (22, 36, 88), (52, 74, 134)),
        tint=(0.38, 0.46, 0.67),
        subject_tint=(0.88, 0.9, 1.0),
        sun=(0.24, 0.19),
        sun_size=0.07,
        sun_colour=(250, 246, 222),
        glow=0.4,
        rim=(186, 208, 255),
        rim_strength=0.8,
        direction=(-0.6, -0.8),
        shadow=0.3,
        stars=1.0,
        lamps=1.0,
    ),
}

_OVERCAST: Final[dict[str, tuple[float, float, float]]] = {
    # share of grey in the sky, haze over the land, what is left of the sun
    "clear": (0.0, 0.0, 1.0),
    "rain": (0.52, 0.14, 0.25),
    "snow": (0.4, 0.16, 0.4),
    "fog": (0.34, 0.36, 0.5),
    "wind": (0.1, 0.0, 0.9),
}


def light_of(time: str, weather: str) -> Light:
    """The light of a time of day under a weather: clouds grey the sky, fog fades the distance."""
    light = TIMES[time]
    grey, haze, sun = _OVERCAST[weather]
    mean = sum(sum(tone) for tone in light.sky) / 9.0
    veil = mix((mean, mean, mean), light.sky[2], 0.3)
    dim = 0.88 if weather == "rain" else 1.0
    sky = tuple(tinted(mix(tone, veil, grey), (dim, dim, dim * 1.02)) for tone in light.sky)
    return replace(
        light,
        sky=(sky[0], sky[1], sky[2]),
        tint=tinted(light.tint, (dim, dim, dim)),
        haze=haze,
        glow=light.glow * sun,
        shadow=light.shadow * (0.4 + 0.6 * sun),
        rim_strength=light.rim_strength * (0.4 + 0.6 * sun),
    )
