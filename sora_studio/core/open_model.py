"""An open model that can be fetched: what it is, does, needs and costs. What is not known is None or "unknown"."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from sora_studio.core.language import listed, mark, tr

if TYPE_CHECKING:
    from sora_studio.core.forecast import Part  # it knows what a setup is, which is said in the words of layouts below

Known = Literal["yes", "no", "unknown"]
Commercial = Literal["yes", "no", "conditions", "unknown"]
Does = Literal["words", "first", "last", "anywhere", "extend", "restyle", "reference", "long", "sound"]
Layout = Literal["whole", "offload", "blocks", "layers", "tiles", "quantised"]

READ_AS_DATA = (".safetensors", ".gguf", ".json", ".txt", ".model", ".jinja")
"""Endings of the files that are ever fetched. None of them can run a program when it is opened, as a pickle can; a
template of Jinja, which some text encoders' prompts are put into, is read by transformers in Jinja's sandbox."""

DOES: dict[Does, str] = {
    "words": mark("clips from words"),
    "first": mark("clips from a first picture"),
    "last": mark("clips that end in a picture"),
    "anywhere": mark("pictures at any time of a clip"),
    "extend": mark("more of a clip"),
    "restyle": mark("clips told in another look"),
    "reference": mark("clips of a subject from its pictures"),
    "long": mark("clips of any length"),
    "sound": mark("their sound"),
}
LAYOUTS: dict[Layout, str] = {
    "whole": mark("all on the card"),
    "offload": mark("one part on the card at a time"),
    "blocks": mark("a few blocks on the card at a time"),
    "layers": mark("one layer on the card at a time, very slow"),
    "tiles": mark("one part at a time, pictures decoded in tiles"),
    "quantised": mark("with coarser numbers, a few blocks at a time"),
}
COMMERCIAL: dict[Commercial, str] = {
    "yes": mark("commercial use allowed"),
    "no": mark("no commercial use"),
    "conditions": mark("commercial use with conditions"),
    "unknown": mark("commercial use: read the licence"),
}


@dataclass(frozen=True, slots=True)
class Licence:
    """`words` is one plain sentence or two in English, shown through `tr`; the text at `url` is what counts."""

    name: str
    url: str
    commercial: Commercial
    words: str


@dataclass(frozen=True, slots=True)
class Need:
    """Memory of a graphics card, and of the machine beside it if that is known, in bytes for one layout of the parts;
    `at` says for which clip, if that was said."""

    layout: Layout
    card_bytes: int
    at: str = ""
    ram_bytes: int = 0


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A model in a repository of the hub.

    `pipeline` is the class of diffusers that it is saved for. `parameters` are those of one transformer, of which there
    are `experts`. `files` are patterns of the files that are fetched, matched against paths with slashes. `needs` are
    as its authors state them.

    What is needed here can be forecast before anything is fetched when its `parts` are known, as which `kind` of its
    family it runs, and how many streams it keeps for `hints`.
    """

    repo: str
    title: str
    family: str
    pipeline: str
    does: tuple[Does, ...]
    licence: Licence
    files: tuple[str, ...]
    parameters: int | None = None
    experts: int = 1
    download_bytes: int | None = None
    needs: tuple[Need, ...] = ()
    gated: Known = "unknown"
    kind: str = ""
    parts: tuple[Part, ...] = ()
    hints: int = 0

    @property
    def weight_bytes(self) -> int | None:
        """Bytes of the transformers' weights in bf16: what no layout can do without, on the card or beside it."""
        return None if self.parameters is None else 2 * self.parameters * self.experts

    def wants(self, path: str) -> bool:
        """Whether a file of the repository is fetched. A pickle never is, whatever the patterns say."""
        place = PurePosixPath(path)
        inside = not place.is_absolute() and ".." not in place.parts and "\\" not in path
        data = place.suffix.lower() in READ_AS_DATA
        return inside and data and any(fnmatchcase(path, pattern) for pattern in self.files)


def does_in_words(model: OpenModel) -> str:
    """What a model makes, in the artist's language."""
    return listed([tr(DOES[one]) for one in model.does])


def needs_in_words(model: OpenModel, forecast: tuple[Need, ...] = ()) -> tuple[str, ...]:
    """What a model needs of a graphics card, a line each, in the artist's language; never empty. `forecast` needs are
    said in place of those that its authors state."""
    lines = []
    if model.weight_bytes is not None:
        lines.append(tr("Weights alone: {size} in 16 bits.", size=gigabytes(model.weight_bytes)))
    for need in forecast or model.needs:
        size, how = gigabytes(need.card_bytes), tr(LAYOUTS[need.layout])
        if need.ram_bytes:
            ram = gigabytes(need.ram_bytes)
            words = tr("{how}: {size} of the card, {ram} of memory.", how=how, size=size, ram=ram)
            lines.append(words[:1].upper() + words[1:])
            continue
        at = need.at
        lines.append(
            tr("{size} on the card: {how} ({at}).", size=size, how=how, at=at)
            if at
            else tr("{size} on the card: {how}.", size=size, how=how)
        )
    if not (forecast or model.needs):
        lines.append(tr("How much memory of the card a clip needs is unknown."))
    return tuple(lines)


def gigabytes(count: int) -> str:
    """Bytes for people: in GB (10^9), small ones in MB or kB."""
    if count < 999_500:
        return f"{count / 1e3:.0f} kB"
    if count < 999_500_000:
        return f"{count / 1e6:.0f} MB"
    return f"{count / 1e9:.1f} GB"
