"""Weather before a moving sketch."""

import pytest
import torch
from torch import Tensor

from sora_studio.model.animatic import Moves, animatic
from sora_studio.model.weather import air_called, coming_up, going_on
from sora_studio.training.world.vocabulary import WEATHERS

FPS = 8.0
SKY = torch.tensor([-0.6, -0.5, -0.1])


def frames(count: int = 17, height: int = 112, width: int = 192, colour: Tensor = SKY) -> Tensor:
    """A plain sky, (3, T, H, W)."""
    return colour[:, None, None, None].expand(3, count, height, width).clone()


def under(weather: str, shown: Tensor, since: Tensor | None = None) -> Tensor:
    air = air_called(weather, FPS)
    assert air is not None
    return air(shown, torch.arange(shown.shape[1]) if since is None else since)


def test_every_weather_of_the_captions_is_there_and_clear_air_is_none() -> None:
    assert {name for name in WEATHERS if air_called(name, FPS) is not None} == set(WEATHERS) - {"clear"}
    assert air_called("", FPS) is None


@pytest.mark.parametrize("weather", ["rain", "snow", "fog", "wind"])
def test_weather_is_seen_and_moves_the_same_way_whenever_it_is_asked_for(weather: str) -> None:
    seen = under(weather, frames())
    assert seen.shape == frames().shape
    assert float(seen.min()) >= -1
    assert float(seen.max()) <= 1
    assert 0.001 < float((seen - frames()).abs().mean()) < 0.6, "it is there, and the picture shows through"
    assert all(not torch.equal(seen[:, k], seen[:, k + 1]) for k in range(16))
    later = under(weather, frames(3), torch.tensor([14, 15, 16]))
    torch.testing.assert_close(later, seen[:, 14:], rtol=0, atol=1e-5)


@pytest.mark.parametrize(("weather", "least"), [("rain", 8), ("snow", 1)])
def test_drops_and_flakes_fall(weather: str, least: int) -> None:
    light = (under(weather, frames(2)) - frames(2)).mean(dim=0)  # (2, H, W)
    agreement = [
        float((light[0].roll((down, across), (0, 1)) * light[1])[30:].mean())
        for down in range(-24, 25)
        for across in range(-4, 5)
    ]
    assert agreement.index(max(agreement)) // 9 - 24 >= least


def test_leaves_are_grey_before_a_grey_picture() -> None:
    grey = frames(colour=torch.tensor([0.1, 0.1, 0.1]))
    seen = under("wind", grey)
    assert not torch.equal(seen, grey)
    torch.testing.assert_close(seen, seen.mean(dim=0).expand(3, -1, -1, -1))
    coloured = under("wind", frames())
    tint = (coloured[0] - coloured[2])[(coloured != frames()).any(dim=0)]
    assert float(tint.max()) > 0.2, "an autumn leaf is red before a blue sky"


def test_a_given_picture_shows_no_weather_yet() -> None:
    air = air_called("snow", FPS)
    assert air is not None
    seen = coming_up(air)(frames(), torch.arange(17))
    assert torch.equal(seen[:, 0], frames()[:, 0])
    assert torch.equal(seen[:, 4:], under("snow", frames())[:, 4:])


@pytest.mark.parametrize("weather", ["rain", "snow", "fog", "wind"])
@pytest.mark.parametrize("size", [(16, 16), (32, 48), (256, 16), (192, 112)])
def test_pictures_may_be_of_any_size(weather: str, size: tuple[int, int]) -> None:
    seen = under(weather, frames(5, *size))
    assert seen.shape == (3, 5, *size)
    assert bool(seen.isfinite().all())


def test_no_flake_falls_on_the_paper_around_a_picture() -> None:
    picture = torch.full((3, 112, 192), 0.95)
    picture[:, 3:-3, 3:-3] = -0.4
    seen = animatic(picture, None, torch.arange(9), Moves(air=air_called("snow", FPS)))
    assert torch.equal(seen[:, :, 0], picture[:, None, 0].expand(-1, 9, -1))
    assert float(seen[:, :, 8:-8, 8:-8].max()) > 0.3


def test_weather_that_a_picture_shows_goes_on() -> None:
    fog, rain = air_called("fog", FPS), air_called("rain", FPS)
    assert fog is not None
    assert rain is not None
    foggy = fog(frames(), torch.zeros(17))
    since = torch.arange(17)
    on = going_on(fog)(foggy, since)
    torch.testing.assert_close(on[:, 0], foggy[:, 0])
    assert not torch.allclose(on[:, 16], foggy[:, 16], atol=0.01), "it draws on"
    assert float((on - foggy).abs().mean()) < 0.5 * float((fog(foggy, since) - foggy).abs().mean())
    assert torch.equal(going_on(rain)(foggy, since), rain(foggy, since)), "drops that were seen have fallen"
