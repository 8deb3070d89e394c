"""Messages survive the wire; what is no message is refused."""

import contextlib
import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core import tasks
from sora_studio.core.engine import Latents
from sora_studio.core.forecast import Past
from sora_studio.core.inside import Insight, Patch, Word
from sora_studio.core.request import Footage, Given, Lora, Request
from sora_studio.core.setup import Setup, Shortage
from sora_studio.core.speed import Speed
from sora_studio.core.time import Rate, Size
from sora_studio.engines.upscalers import UPSCALERS
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.protocol import (
    Ack,
    Attach,
    Broke,
    Cancel,
    Ended,
    Enough,
    Hello,
    Made,
    Message,
    Parked,
    Probe,
    Probed,
    ProtocolError,
    Ran,
    Recorded,
    Run,
    Shown,
    Sounded,
    Stepped,
    Stopped,
    Took,
    Warm,
    encode,
    read,
)
from tests.fakes.engine import CAPABILITIES, MACHINE

MESSAGES: list[Message] = [
    Attach("psm_1", 4, 1024),
    Warm("sora"),
    Probe(),
    Probed(MACHINE),
    Probed(None),
    Cancel("a"),
    Enough("a"),
    Ack(2),
    Hello(77),
    Stepped("a", 1, 24, "denoising"),
    Shown("a", 0, (17, 56, 96, 3), 1, 24, 12),
    Made("a", 3, (17, 112, 192, 3), 0),
    Ended("a", 9),
    Stopped("a"),
    Broke("a", "It failed. “Try” again.", "line 1\nline 2"),
    Broke("a", "Memory ran out.", "", Shortage("step", Setup("card", offload="leaf"))),
    Ran("a", Setup("card", "bf16", "int8", speed=Speed("sage"))),
    Took("a", Setup(tiles=True), Past(1.5, 0.9, 2.0)),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_survive_the_wire(message: Message) -> None:
    assert read(io.BytesIO(encode(message))) == message


def test_messages_follow_each_other() -> None:
    stream = io.BytesIO(b"".join(encode(message) for message in MESSAGES))
    assert [read(stream) for _ in MESSAGES] == MESSAGES
    assert read(stream) is None


def test_a_plan_travels_with_its_pixels() -> None:
    pictures = np.random.default_rng(0).integers(0, 255, (22, 112, 192, 3)).astype(np.uint8)
    request = Request(
        "späte Sonne",
        negative="rain",
        length=30,
        rate=Rate(24000, 1001),
        given=(Given(0, pictures[:5]), Given(8, pictures[5:], 0.4)),
        wrap=True,
        seed=2**63 - 1,
        loras=(Lora("a", 0.5),),
    )
    plan = make_plan(request, CAPABILITIES.__class__(**{**_fields(), "loras": True}))
    message = read(io.BytesIO(encode(Run("job", plan, 0.1))))
    assert isinstance(message, Run)
    assert message.plan.windows == plan.windows
    assert message.plan.notes == plan.notes
    for mine, theirs in zip(plan.request.given, message.plan.request.given, strict=True):
        assert (mine.at, mine.strength) == (theirs.at, theirs.strength)
        assert np.array_equal(mine.frames, theirs.frames)
    for name in (
        "prompt",
        "negative",
        "size",
        "length",
        "rate",
        "wrap",
        "seed",
        "steps",
        "guidance",
        "engine",
        "loras",
    ):
        assert getattr(message.plan.request, name) == getattr(plan.request, name)


def _fields() -> dict:
    return {name: getattr(CAPABILITIES, name) for name in CAPABILITIES.__dataclass_fields__}


@given(st.binary(min_size=4, max_size=200))
def test_noise_is_no_message(noise: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        assert read(io.BytesIO(noise)) is None


def test_what_is_enlarged_travels_at_its_own_size() -> None:
    pictures = np.random.default_rng(0).integers(0, 255, (3, 17, 30, 3)).astype(np.uint8)
    plan = make_plan(tasks.upscale(Request(""), Footage(pictures, Rate(25)), 4), UPSCALERS[4])
    message = read(io.BytesIO(encode(Run("job", plan, 0.1))))
    assert isinstance(message, Run)
    assert (message.plan.size, message.plan.windows) == (Size(120, 68), plan.windows)
    assert np.array_equal(message.plan.request.given[0].frames, pictures)


@pytest.mark.parametrize("text", [b"{}", b"[]", b"nonsense", b'{"kind":"Nothing","blob":0,"data":{}}'])
def test_what_is_no_message_is_refused(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        read(io.BytesIO(struct.pack("<I", len(text)) + text))


def test_latents_travel_bit_for_bit() -> None:
    latents = Latents(6, np.random.default_rng(1).normal(size=(1, 16, 5, 14, 24)).astype(np.float32))
    parked = read(io.BytesIO(encode(Parked("a", latents))))
    assert isinstance(parked, Parked)
    assert parked.latents.step == 6
    assert np.array_equal(parked.latents.values, latents.values)
    frames = np.full((2, 112, 192, 3), 9, np.uint8)
    plan = make_plan(Request("a cat", length=9, given=(Given(0, frames),)), CAPABILITIES)
    run = read(io.BytesIO(encode(Run("a", plan, 0.1, 4, latents))))
    assert isinstance(run, Run)
    assert run.hold == 4
    assert run.resume is not None
    assert np.array_equal(run.resume.values, latents.values)
    assert np.array_equal(run.plan.request.given[0].frames, frames)


def test_a_step_from_the_inside_travels_whole() -> None:
    draw = np.random.default_rng(0)
    pictures = draw.integers(0, 255, (2, 9, 8, 12, 3), np.uint8)
    maps = draw.random((2, 5, 3, 2, 3)).astype(np.float16)
    presence = draw.random((3, 2, 3)).astype(np.float16)
    words = (Word("späte", (1, 2)), Word("Sonne", (3,)))
    sent = Insight(3, 24, 0.625, pictures[0], pictures[1], maps, presence, words, Patch(4, 16))
    message = read(io.BytesIO(encode(Recorded("a", sent))))
    assert isinstance(message, Recorded)
    got = message.insight
    assert (message.job, got.step, got.steps, got.sigma) == ("a", 3, 24, 0.625)
    assert (got.words, got.patch) == (words, Patch(4, 16))
    assert np.array_equal(got.noisy, pictures[0])
    assert np.array_equal(got.clean, pictures[1])
    assert np.array_equal(got.attention, maps)
    assert np.array_equal(got.presence, presence)
    with pytest.raises(ProtocolError):
        read(io.BytesIO(encode(Recorded("a", sent)).replace(b'"pictures": [9,', b'"pictures": [8,')))


def test_a_run_says_whether_it_is_recorded() -> None:
    plan = make_plan(Request("a ball", length=5), CAPABILITIES)
    for wish in (True, False):
        message = read(io.BytesIO(encode(Run("a", plan, 0.1, record=wish))))
        assert isinstance(message, Run)
        assert message.record is wish


def test_sound_survives_the_wire_and_half_a_sample_is_refused() -> None:
    sent = np.linspace(-1, 1, 9600, dtype=np.float32).reshape(-1, 2)
    wire = encode(Sounded("a", 12, sent))
    message = read(io.BytesIO(wire))
    assert isinstance(message, Sounded)
    assert (message.job, message.start) == ("a", 12)
    assert np.array_equal(message.sound, sent)
    with pytest.raises(ProtocolError):
        read(io.BytesIO(encode(Sounded("a", 12, sent[:, :1].copy()[:3]))))
