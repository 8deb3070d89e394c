"""What a soak has counted, and its closing table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sora_studio.cli.soak.slope import Slope

FAULTS = (
    "lost jobs",
    "lost edits",
    "unreadable projects",
    "unreadable media",
    "unreadable versions",
    "orphans",
    "leaked segments",
    "hangs",
    "ends of its own",
)
"""What must not happen."""


@dataclass(slots=True)
class Tally:
    """Counts, and of each fault what is known of it."""

    kills: Counter[str] = field(default_factory=Counter)
    """By what was killed: “studio”, “worker”."""
    verbs: Counter[str] = field(default_factory=Counter)
    during: Counter[str] = field(default_factory=Counter)
    """The disturbances that kills fell into."""
    refused: int = 0
    """Verbs that were refused in words, as on a full disk, or that made no sense where they were drawn."""
    jobs: int = 0
    """Media that were taken on."""
    projects: int = 0
    versions: int = 0
    """Earlier versions that were looked at."""
    decoded: int = 0
    """Media that were decoded in the end."""
    faults: dict[str, list[str]] = field(default_factory=dict)
    slope: Slope | None = None
    growth: list[str] = field(default_factory=list)
    """What there is more of, when memory grows."""

    def fault(self, kind: str, words: str) -> None:
        """Something that must not happen."""
        self.faults.setdefault(kind, []).append(words)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost and nothing grew."""
        return not self.faults and (self.slope is None or self.slope.within_noise)

    def table(self) -> Iterator[str]:
        """The closing table, line by line."""
        yield from _rows(
            ("kills", f"{self.kills.total()} ({_counts(self.kills)})"),
            ("  of these during", _counts(self.during) or "nothing"),
            ("verbs", f"{self.verbs.total()} ({_counts(self.verbs)})"),
            ("  of these refused", str(self.refused)),
            ("jobs taken", str(self.jobs)),
            ("projects", f"{self.projects}, with {self.versions} earlier versions and {self.decoded} finished media"),
            *((name, str(len(self.faults.get(name, ())))) for name in FAULTS),
            (
                "memory slope",
                str(self.slope) if self.slope else "not measured, for less than ten minutes after filling",
            ),
            *((("  more of", ", ".join(self.growth)),) if self.slope and not self.slope.within_noise else ()),
        )


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def _rows(*rows: Sequence[str]) -> Iterator[str]:
    wide = max(len(name) for name, _ in rows)
    yield from (f"{name:<{wide}}  {value}" for name, value in rows)
