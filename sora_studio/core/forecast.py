"""What a run will need, before it begins: memory of the card, memory of the machine, and time.

Weights are counted from the shapes of the checkpoint's own tensors. What a network needs besides grows with what it
works on, by a factor that belongs to its architecture (`Costs`), was measured at real sizes, and is checked by a test.
What this machine measured before corrects the sum (`Past`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sora_studio.core.machine import Device, Machine
from sora_studio.core.request import Request
from sora_studio.core.setup import Setup

OVERHEAD = 900_000_000
"""Bytes of a card that a process takes before it computes anything: its context, kernels, and their workspace."""
PROGRAM = 1_200_000_000
"""Bytes of memory that Python with torch and diffusers takes."""
ENCODING = 200_000_000
"""Bytes for the words between the layers of a text encoder: a few hundred tokens."""
WORDS = 512
"""Tokens of a prompt, at most about that many."""
QUICK = 0.5
"""Share of the speed of a bare matrix product that a network reaches: 51 % for Wan 1.3B on a processor."""
LINK = 10e9
"""Bytes a second that a model moves to a card with: PCIe 4.0 with pinned memory does 12 to 24, without it 6 to 12."""
CLIP = 3 + 2 * 3 * 4
"""Bytes of a finished pixel in memory: as it is sent on, and twice in float32."""
TILED = 1.8
"""How many times as many pixels are decoded in tiles as there are: (256 / 192)^2, since tiles overlap by a quarter."""
BYTES = {"bf16": 2.0, "fp32": 4.0}
SMALLER = {"none": 1.0, "int8": 0.53, "nf4": 0.29}
"""Bytes of a quantised weight as a share of 16 bits: with its scales, and layers that are left as they are."""
SLOWER = {"none": 1.0, "int8": 1.2, "nf4": 1.5}
"""Weights are unpacked before each product."""
EXACT = 3.0
"""How many times as long a VAE in float32 takes on a device that is quick at bf16."""


@dataclass(frozen=True, slots=True)
class Part:
    """A network by the shapes of its tensors: numbers in all of them, in its largest block and in its largest tensor,
    how many blocks it has, how wide the stream between them is, and how wide it becomes within them."""

    name: str
    parameters: int
    block: int = 0
    leaf: int = 0
    blocks: int = 0
    width: int = 0
    wide: int = 0
    fixed: float = 0.0
    """Bytes of a number, where its file decides that and no setup does."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What an architecture needs besides its weights, in numbers that are alive at once (`tests/engines/test_costs.py`
    measures them on the meta device, at real sizes).

    `token` for each token and unit of the transformer's width, besides two for its widest layer; `pixel` for each pixel
    of a frame and `voxel` for each pixel of the clip while it is decoded; `decoding` operations for a pixel of the
    clip; `tile` is a tile's side in pixels. A guided step asks the network `calls` times, `together` at once.
    """

    token: float
    pixel: float
    voxel: float
    decoding: float
    tile: int = 256
    calls: int = 2
    together: bool = False


@dataclass(frozen=True, slots=True)
class Networks:
    """A checkpoint: its parts, what they cost, and how clips become tokens. `side` are pixels along a token, `group`
    frames of one, counted from the first frame. `exact_vae`: the VAE computes in float32 whatever the others do."""

    parts: tuple[Part, ...]
    costs: Costs
    side: int
    group: int
    exact_vae: bool = False

    def tokens(self, run: Run) -> int:
        """Tokens of a window."""
        groups = -(-(run.frames - 1) // self.group) + 1
        return groups * -(-run.width // self.side) * -(-run.height // self.side)


@dataclass(frozen=True, slots=True)
class Run:
    """What counts of a request: one window of `windows`, `frames` of it, and whether it is guided."""

    width: int
    height: int
    frames: int
    steps: int
    guided: bool = True
    windows: int = 1


def run_of(request: Request, windows: int = 1) -> Run:
    """What counts of a window's request."""
    size = request.size
    return Run(size.width, size.height, request.length, request.steps, request.guidance > 1, windows)


@dataclass(frozen=True, slots=True)
class Past:
    """What was measured as a share of what was forecast, for a model and a setup."""

    card: float = 1.0
    ram: float = 1.0
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Bytes at the highest, and seconds from the first step to the last picture."""

    card: int
    ram: int
    seconds: float


def forecast(networks: Networks, run: Run, machine: Machine, setup: Setup, past: Past = Past()) -> Forecast:
    """What a run will need."""
    resident = _Weights(networks, setup)
    busy = max(
        resident.encoding + ENCODING,
        resident.stepping + _step_bytes(networks, run, setup),
        resident.decoding + _decode_bytes(networks, run, setup),
    )
    clip = CLIP * run.frames * run.windows * run.width * run.height
    seconds = _seconds(networks, run, machine, setup) * past.seconds
    if setup.where == "processor":
        return Forecast(0, round((PROGRAM + busy + clip) * past.ram), seconds)
    waiting = resident.all if setup.offload != "none" else resident.largest
    return Forecast(round((OVERHEAD + busy) * past.card), round((PROGRAM + waiting + clip) * past.ram), seconds)


class _Weights:
    """Bytes of weights that lie where it is computed, by stage."""

    def __init__(self, networks: Networks, setup: Setup) -> None:
        sizes = {part.name: weight_bytes(part, networks, setup) for part in networks.parts}
        self.all = sum(sizes.values())
        self.largest = max(sizes.values(), default=0)
        self.encoding = self.stepping = self.decoding = self.all
        if setup.where == "processor" or setup.offload == "none":
            return
        roles: dict[str, list[int]] = {"encode": [0], "step": [0], "decode": [0]}
        for part in networks.parts:
            whole, each = sizes[part.name], sizes[part.name] / max(1, part.parameters)
            roles[_role(part)].append(round(_at_once(part, setup, whole, each)))
        self.encoding, self.stepping, self.decoding = (max(roles[role]) for role in ("encode", "step", "decode"))
        if setup.offload == "group":  # the decoder stays on the card then
            self.encoding += self.decoding
            self.stepping += self.decoding


def weight_bytes(part: Part, networks: Networks, setup: Setup) -> int:
    """Bytes of a part's weights in a setup."""
    if part.fixed:
        return round(part.parameters * part.fixed)
    if _role(part) == "decode":
        return round(part.parameters * (4.0 if networks.exact_vae else BYTES[setup.precision]))
    return round(part.parameters * BYTES[setup.precision] * SMALLER[setup.quantised])


def _role(part: Part) -> str:
    if part.name.startswith("transformer"):
        return "step"
    return "decode" if part.name in ("vae", "audio_vae", "vocoder") else "encode"


def _at_once(part: Part, setup: Setup, whole: int, each: float) -> float:
    """Bytes of a part that lie on the card at the same time. The next piece comes while one is at work."""
    if setup.offload == "model" or (_role(part) == "decode" and setup.offload == "group"):
        return whole
    if setup.offload == "group" and _role(part) == "step" and part.blocks:
        outside = part.parameters - part.block * part.blocks
        return each * (2 * part.block + max(0, outside))
    return min(whole, 2 * part.leaf * each)


def _step_bytes(networks: Networks, run: Run, setup: Setup) -> float:
    costs = networks.costs
    each = max(
        (costs.token * part.width + 2 * part.wide for part in networks.parts if _role(part) == "step"), default=0
    )
    batch = costs.calls if run.guided and costs.together else 1
    return each * networks.tokens(run) * batch * BYTES[setup.precision]


def _decode_bytes(networks: Networks, run: Run, setup: Setup) -> float:
    costs, area = networks.costs, run.width * run.height
    share = min(1.0, costs.tile**2 / area) if setup.tiles else 1.0
    numbers = costs.pixel * area * share + costs.voxel * area * run.frames * share
    finished = 2 * 3 * area * run.frames  # pieces of the clip, and the clip they are joined to
    return (numbers + finished) * (4.0 if networks.exact_vae else BYTES[setup.precision])


def _seconds(networks: Networks, run: Run, machine: Machine, setup: Setup) -> float:
    device = machine.processor if setup.where == "processor" else machine.device
    speed = _speed(device, setup)
    calls = networks.costs.calls if run.guided else 1
    tokens, area = networks.tokens(run), run.width * run.height
    steppers = [part for part in networks.parts if _role(part) == "step"]
    one = max(
        (2.0 * part.parameters * tokens + 4.0 * tokens**2 * part.width * part.blocks for part in steppers), default=0
    )
    step = calls * one / speed * SLOWER[setup.quantised]
    decode = networks.costs.decoding * run.frames * area / speed * (TILED if setup.tiles else 1.0)
    if networks.exact_vae and setup.precision == "bf16":
        decode *= EXACT
    words = sum(2.0 * part.parameters * WORDS for part in networks.parts if _role(part) == "encode") * calls / speed
    step, moved = _with_moving(networks, setup, step, calls)
    return (words + moved + step * run.steps + decode) * run.windows


def _with_moving(networks: Networks, setup: Setup, step: float, calls: int) -> tuple[float, float]:
    """Seconds of a step when weights have to come to the card meanwhile, and seconds of moving for the whole run."""
    if setup.where == "processor" or setup.offload == "none":
        return step, 0.0
    sizes = {part: weight_bytes(part, networks, setup) for part in networks.parts}
    moved = sum(sizes.values()) / LINK
    if setup.offload == "model":
        return step, moved
    rounds = 1 if networks.costs.together else calls
    carrying = rounds * max((size for part, size in sizes.items() if _role(part) == "step"), default=0) / LINK
    return (max(step, carrying) if setup.offload == "group" else step + carrying), moved


def _speed(device: Device, setup: Setup) -> float:
    """Operations a second of a network; a slow processor's when nothing is known."""
    rate = (device.rate or 1e11) * QUICK
    return rate / 4 if setup.precision == "fp32" and device.bf16 else rate
