"""What the two sides of the soak say to each other: the driver, and the studio that it kills. A line of JSON each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sora_studio.core.media_item import Pending, Ready
from sora_studio.core.project import Project, to_data


@dataclass(frozen=True, slots=True)
class Life:
    """How a studio lives: the project it opens, how long what it flushes to the disk takes (seconds at most), how far
    its clock jumps (seconds), and whether it only finishes what was begun, in this project and then in `others`."""

    project: str
    seed: int
    delay: float = 0.0
    jump: float = 0.0
    finish: bool = False
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A project at a moment."""

    home: str
    digest: str
    media: dict[str, str]
    """“ready”, “pending” or “lost”, by medium."""


def state_of(project: Project, home: str) -> State:
    """What there is to be found again."""
    media = {
        key: "ready" if isinstance(item.state, Ready) else "pending" if isinstance(item.state, Pending) else "lost"
        for key, item in project.media.items()
    }
    return State(home, digest_of(project), media)


def digest_of(project: Project) -> str:
    """What tells a project from others, as it would stand on the disk."""
    return hashlib.sha256(json.dumps(to_data(project), sort_keys=True).encode()).hexdigest()


def life_text(life: Life) -> str:
    """A life as an argument of a command."""
    return json.dumps(asdict(life))


def life_from(text: str) -> Life:
    """The life of `life_text`."""
    return Life(**json.loads(text))
