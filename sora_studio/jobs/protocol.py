"""What the studio and its worker say to each other: frozen dataclasses on the `wire`.

The given frames of a job lie behind its message as raw bytes. Frames that the worker makes travel in shared memory
(`shared_frames`), messages only name their slot.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import IO, Any

import numpy as np

from sora_studio.core.engine import Latents
from sora_studio.core.forecast import Past
from sora_studio.core.inside import Insight
from sora_studio.core.machine import Machine, machine_data, machine_from
from sora_studio.core.request import Given, Lora, PromptAt, Request
from sora_studio.core.samples import Sound
from sora_studio.core.setup import Setup, Shortage, setup_data, setup_from, setup_of
from sora_studio.core.time import FrameRange, Rate, Size
from sora_studio.jobs.insight_wire import insight_data, insight_from
from sora_studio.jobs.latents_file import latents_bytes, latents_from
from sora_studio.jobs.windows import Piece, Plan, PlannedWindow
from sora_studio.jobs.wire import ProtocolError as ProtocolError
from sora_studio.jobs.wire import garbled, pack, unpack


@dataclass(frozen=True, slots=True)
class Attach:
    """To the worker: frames go into this ring of shared memory from now on."""

    ring: str
    slots: int
    slot_bytes: int


@dataclass(frozen=True, slots=True)
class Warm:
    """To the worker: load this engine, so that the first job starts sooner."""

    engine: str


@dataclass(frozen=True, slots=True)
class Probe:
    """To the worker: say what the machine has, once what is under way is done."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """To the worker: make this plan, from `resume` on if it is given, up to step `hold` if that is not 0. With `record`
    each step is seen from the inside. In the folder `keep` lies, or is laid, what the job goes on from when it ends
    before its time; empty: nowhere. `setup` says how the model is run; None leaves it to the engine."""

    job: str
    plan: Plan
    preview_share: float
    hold: int = 0
    resume: Latents | None = None
    record: bool = False
    keep: str = ""
    setup: Setup | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """To the worker: stop this job at the next step."""

    job: str


@dataclass(frozen=True, slots=True)
class Enough:
    """To the worker: finish this job from what is there after the present step."""

    job: str


@dataclass(frozen=True, slots=True)
class Ack:
    """To the worker: the frames in this slot are read, it is free."""

    slot: int


@dataclass(frozen=True, slots=True)
class Hello:
    """From the worker: it is there."""

    pid: int


@dataclass(frozen=True, slots=True)
class Probed:
    """From the worker: what the machine has; None when it cannot be told."""

    machine: Machine | None


@dataclass(frozen=True, slots=True)
class Stepped:
    """From the worker: progress of a job, over all its windows."""

    job: str
    step: int
    steps: int
    stage: str


@dataclass(frozen=True, slots=True)
class Shown:
    """From the worker: preview frames of `shape` lie in `slot`."""

    job: str
    slot: int
    shape: tuple[int, ...]
    step: int
    steps: int
    start: int


@dataclass(frozen=True, slots=True)
class Made:
    """From the worker: final frames of `shape` from frame `start` on lie in `slot`."""

    job: str
    slot: int
    shape: tuple[int, ...]
    start: int


@dataclass(frozen=True, slots=True, eq=False)
class Sounded:
    """From the worker: the sound from frame `start` on, ahead of its frames."""

    job: str
    start: int
    sound: Sound


@dataclass(frozen=True, slots=True)
class Remarked:
    """From the worker: a sentence for the artist about a job that goes on."""

    job: str
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """From the worker: all frames of the job are made, with at least `steps` steps."""

    job: str
    steps: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Parked:
    """From the worker: the job is held where it was asked to, and can be continued from these latents."""

    job: str
    latents: Latents


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """From the worker: a step of the job from the inside."""

    job: str
    insight: Insight


@dataclass(frozen=True, slots=True)
class Stopped:
    """From the worker: the job was cancelled."""

    job: str


@dataclass(frozen=True, slots=True)
class Broke:
    """From the worker: the job failed; `reason` is a sentence for the artist. `shortage`: memory ran out there."""

    job: str
    reason: str
    details: str = ""
    shortage: Shortage | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """From the worker: the setup in which the job is run, ahead of its frames."""

    job: str
    setup: Setup


@dataclass(frozen=True, slots=True)
class Took:
    """From the worker: what a window of the job took in a setup, as a share of what was forecast."""

    job: str
    setup: Setup
    past: Past


Command = Attach | Warm | Probe | Run | Cancel | Enough | Ack
Report = (
    Hello
    | Probed
    | Stepped
    | Shown
    | Made
    | Sounded
    | Recorded
    | Remarked
    | Ended
    | Parked
    | Stopped
    | Broke
    | Ran
    | Took
)
Message = Command | Report

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Attach, Warm, Probe, Cancel, Enough, Ack, Hello, Stepped, Shown, Made, Remarked, Ended, Stopped, Broke)
}


def encode(message: Message) -> bytes:
    """A message as bytes for the wire."""
    blob = b""
    match message:
        case Run(job, plan, share, hold, resume, record, keep, setup):
            blob = b"".join(np.ascontiguousarray(given.frames).tobytes() for given in plan.request.given)
            data = {"job": job, "preview_share": share, "plan": plan_data(plan), "hold": hold, "record": record}
            data |= {"keep": keep, "setup": setup and setup_data(setup)}
            if resume is not None:
                held = latents_bytes(resume)
                data["resume"], blob = len(held), blob + held
        case Parked(job, latents):
            data, blob = {"job": job}, latents_bytes(latents)
        case Sounded(job, start, sound):
            data, blob = {"job": job, "start": start}, np.ascontiguousarray(sound, np.float32).tobytes()
        case Probed(machine):
            data = {"machine": machine and machine_data(machine)}
        case Recorded(job, insight):
            found, blob = insight_data(insight)
            data = {"job": job, "insight": found}
        case _:
            data = asdict(message)
    return pack(type(message).__name__, data, blob)


def read(stream: IO[bytes]) -> Message | None:
    """The next message of a blocking stream; None at its end. Raises ProtocolError for anything else."""
    parcel = unpack(stream)
    if parcel is None:
        return None
    data = parcel.data
    try:
        if parcel.kind == "Run":
            plan = plan_from(data["plan"], parcel.blob)
            resume = latents_from(parcel.blob[-data["resume"] :]) if "resume" in data else None
            setup = setup_from(data["setup"])
            leg = (data["hold"], resume, data["record"], data["keep"], setup)
            return Run(data["job"], plan, data["preview_share"], *leg)
        if parcel.kind == "Probed":
            return Probed(machine_from(data["machine"]) if data["machine"] else None)
        if parcel.kind == "Recorded":
            return Recorded(data["job"], insight_from(data["insight"], parcel.blob))
        if parcel.kind == "Sounded":
            return Sounded(data["job"], data["start"], np.frombuffer(parcel.blob, np.float32).reshape(-1, 2))
        if parcel.kind == "Parked":
            return Parked(data["job"], latents_from(parcel.blob))
        if data.get("shortage"):
            data["shortage"] = Shortage(data["shortage"]["stage"], setup_of(data["shortage"]["setup"]))
        if parcel.kind == "Ran":
            return Ran(data["job"], setup_of(data["setup"]))
        if parcel.kind == "Took":
            return Took(data["job"], setup_of(data["setup"]), Past(**data["past"]))
        if "shape" in data:
            data["shape"] = tuple(data["shape"])
        message: Message = _KINDS[parcel.kind](**data)
    except (ValueError, KeyError, TypeError) as exc:
        raise garbled() from exc
    return message


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan as JSON data, without the pixels of its given frames. Sources and looks stay at home."""
    request = plan.request
    return {
        "prompt": request.prompt,
        "negative": request.negative,
        "size": asdict(request.size),
        "length": request.length,
        "rate": asdict(request.rate),
        "given": [_given_data(given, request.size) for given in request.given],
        "wrap": request.wrap,
        "seed": request.seed,
        "steps": request.steps,
        "guidance": request.guidance,
        "engine": request.engine,
        "loras": [asdict(lora) for lora in request.loras],
        "prompts": [asdict(later) for later in request.prompts],
        "windows": [
            [window.start, window.length, window.keep.start, window.keep.stop, [asdict(p) for p in window.pieces]]
            for window in plan.windows
        ],
        "notes": list(plan.notes),
    }


def _given_data(given: Given, size: Size) -> dict[str, Any]:
    """Given frames without their pixels; their size where it is not that of the clip, which is then enlarged."""
    data: dict[str, Any] = {"at": given.at, "count": len(given), "strength": given.strength}
    return data if given.size == size else data | {"size": [given.size.width, given.size.height]}


def plan_from(data: dict[str, Any], blob: bytes) -> Plan:
    """The plan of `plan_data` and the pixels of its given frames."""
    size, offset, given = Size(**data["size"]), 0, []
    for item in data["given"]:
        width, height = item.get("size", (size.width, size.height))
        shape = (item["count"], height, width, 3)
        frames = np.frombuffer(blob, np.uint8, item["count"] * width * height * 3, offset).reshape(shape)
        given.append(Given(item["at"], frames, item["strength"]))
        offset += frames.nbytes
    request = Request(
        prompt=data["prompt"],
        negative=data["negative"],
        size=size,
        length=data["length"],
        rate=Rate(**data["rate"]),
        given=tuple(given),
        wrap=data["wrap"],
        seed=data["seed"],
        steps=data["steps"],
        guidance=data["guidance"],
        engine=data["engine"],
        loras=tuple(Lora(**lora) for lora in data["loras"]),
        prompts=tuple(PromptAt(**later) for later in data["prompts"]),
    )
    windows = tuple(
        PlannedWindow(start, length, FrameRange(low, high), tuple(Piece(**piece) for piece in pieces))
        for start, length, low, high, pieces in data["windows"]
    )
    return Plan(request, windows, tuple(data["notes"]))
