"""The command line's grammar. Nothing heavy is imported here, so that --help answers at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from sora_studio import __version__
from sora_studio.core.errors import BadInput
from sora_studio.core.speed import NAMES

VERBS = {
    "generate": "make a clip from words, pictures or a recipe",
    "animate": "bring a picture alive",
    "extend": "go on where a clip ends, or make what came before it",
    "bridge": "make the passage from one clip to another",
    "restyle": "tell a clip again in another look",
    "loop": "lead a clip back to its start",
    "upscale": "make a clip larger",
    "recipe": "print the request a file was made from",
    "export": "write a project's film",
    "engines": "what can make clips here",
    "models": "open models: list, get, check and remove them",
    "doctor": "what is here and what is missing",
    "train": "train the built-in model",
    "eval": "measure the built-in model against its bars",
    "bench": "measure the window",
    "soak": "work and kill the studio at random, and count what is lost",
}


class UsageError(BadInput):
    """The command line itself makes no sense."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in a sentence instead of printing all of its usage."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        told = message[:1].upper() + message[1:]
        raise UsageError(f"{told.rstrip('.')}. See {self.prog} --help.")


def open_in_studio(words: Sequence[str]) -> bool:
    """Whether a command line asks for the window: nothing, or a folder, instead of a verb."""
    return not words or (len(words) == 1 and words[0] not in VERBS and not words[0].startswith("-"))


def make_parser(words: Sequence[str]) -> Parser:
    """The parser for a command line; `train` brings its own arguments only when it is called."""
    parser = Parser(
        prog="sora-studio",
        description="Creative video generation on your own machine. Without arguments the studio opens.",
        epilog="Exit codes: 0 done, 1 failed, 2 bad input, 130 cancelled.",
    )
    parser.add_argument("--version", action="version", version=f"Sora Studio {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=Parser)
    made = {name: verbs.add_parser(name, help=text, description=_sentence(text)) for name, text in VERBS.items()}
    for name, verb in made.items():
        verb.set_defaults(action=f"verbs:{name}")
        if name != "train":
            verb.add_argument("--debug", action="store_true", help="print the details of an error")
    _generating(made)
    _clips(made)
    _others(made)
    if words[:1] == ["train"]:
        import_module("sora_studio.training.commands").add_arguments(made["train"])
        made["train"].set_defaults(debug=False)
    return parser


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _generating(verbs: dict[str, Parser]) -> None:
    generate, animate = verbs["generate"], verbs["animate"]
    generate.add_argument(
        "prompt", nargs="?", metavar="PROMPT", help="what the clip shows, in words; (fog:1.3) counts more"
    )
    generate.add_argument("--from", dest="recipe", type=Path, metavar="FILE", help="make a file again from its recipe")
    animate.add_argument("image", type=Path, metavar="IMAGE", help="the first picture")
    animate.add_argument("--prompt", metavar="TEXT", help="what happens")
    for verb in (generate, animate):
        _common(verb)
        verb.add_argument(
            "--given",
            action="append",
            default=[],
            metavar="AT:FILE[:STRENGTH]",
            help="a picture or video at AT seconds, kept to STRENGTH 0..1 (1); may be repeated",
        )
        verb.add_argument("--loop", action="store_true", help="the end leads back to the beginning without a seam")


def _clips(verbs: dict[str, Parser]) -> None:
    for name in ("extend", "restyle", "loop", "upscale"):
        verbs[name].add_argument("clip", type=Path, metavar="CLIP", help="a video or picture")
    verbs["extend"].add_argument("--before", action="store_true", help="make what came before the clip")
    verbs["bridge"].add_argument("first", type=Path, metavar="A", help="the clip that comes first")
    verbs["bridge"].add_argument("second", type=Path, metavar="B", help="the clip that follows")
    verbs["restyle"].add_argument("--strength", type=float, metavar="0..1", help="how much of the clip is kept (0.6)")
    for name in ("extend", "bridge", "restyle", "loop"):
        verbs[name].add_argument("--prompt", metavar="TEXT", help="what the new part shows")
        _common(verbs[name])
        if name != "restyle":
            verbs[name].add_argument("--only", action="store_true", help="write the generated part alone")

    verbs["upscale"].add_argument("--by", type=int, default=2, metavar="2|4", help="how many times as large (2)")
    verbs["upscale"].set_defaults(speed=None)
    _written(verbs["upscale"])


def _written(verb: Parser) -> None:
    """What is written, and what is said meanwhile."""
    verb.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="where to write; .mp4, .webm, ..."
    )
    verb.add_argument("--previews", type=Path, metavar="DIR", help="write a sheet of the forming clip after each step")
    verb.add_argument("--sheet", type=Path, metavar="PNG", help="write a contact sheet of the result")
    verb.add_argument("--json", action="store_true", help="events as JSON lines on standard output")


def _common(verb: Parser) -> None:
    _written(verb)
    verb.add_argument("--negative", metavar="TEXT", help="what to keep out")
    verb.add_argument("--look", metavar="NAME", help="a look whose words are added; `doctor` lists them")
    verb.add_argument(
        "--lora",
        action="append",
        default=[],
        metavar="FILE[:STRENGTH]",
        help="a LoRA of the model's family, several times for several; its strength is 1 unless it is said",
    )
    verb.add_argument("--seconds", type=float, metavar="S", help="length of what is generated")
    verb.add_argument("--size", metavar="WxH", help="picture size the engine works at")
    verb.add_argument("--seed", type=int, metavar="N", help="same seed, same pictures")
    verb.add_argument("--steps", type=int, metavar="N", help="steps of denoising")
    verb.add_argument("--guidance", type=float, metavar="G", help="how closely the words are followed")
    verb.add_argument("--engine", metavar="NAME", help="the model, or its folder; `engines` lists them")
    verb.add_argument(
        "--speed",
        action="append",
        metavar="NAME",
        help=f"have an open model quicker: {', '.join(NAMES)}; several times for several, “none” for none of "
        "those that are set in the window; each says what it costs",
    )
    verb.add_argument("--draft", action="store_true", help="few steps, for a quick look")


def _others(verbs: dict[str, Parser]) -> None:
    verbs["recipe"].add_argument("file", type=Path, metavar="FILE", help="a file made by the studio")
    export = verbs["export"]
    export.add_argument("project", type=Path, metavar="PROJECT", help="the project's folder")
    export.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="where to write; .otio, .edl and .fcpxml write the timeline for other programs",
    )
    export.add_argument("--preset", metavar="NAME", help="a format such as h265, av1, vp9, prores")
    export.add_argument("--size", metavar="WxH", help="picture size instead of the timeline's")
    export.add_argument("--rate", metavar="FPS", help="frames a second instead of the timeline's")
    export.add_argument("--quality", type=int, metavar="N", help="the format's own number")
    export.add_argument(
        "--credentials",
        action="store_true",
        help="the film says how it was made and is signed by this installation (extra: credentials)",
    )
    models = verbs["models"]
    models.set_defaults(action="models:models")
    models.add_argument("what", nargs="?", choices=("list", "get", "remove", "verify"), default="list", help="the act")
    models.add_argument("model", nargs="?", metavar="MODEL", help="a repository or its name; `models list` shows them")
    models.add_argument("--into", type=Path, metavar="FOLDER", help="the folder of models to fetch into")
    for name in ("recipe", "export", "engines", "models", "doctor"):
        verbs[name].add_argument("--json", action="store_true", help="the answer as JSON on standard output")
    doctor = verbs["doctor"]
    doctor.add_argument("--report", type=Path, metavar="FILE", help="write this and the newest log lines, to send on")
    doctor.add_argument("--words", action="store_true", help="leave prompts and names of files in the report")
    _evaluation(verbs["eval"])
    _soaking(verbs["soak"])
    bench = verbs["bench"]
    bench.add_argument("what", choices=("ui",), help="the window's event loop while a generation runs")
    bench.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="options of the measurement")


def _soaking(verb: Parser) -> None:
    verb.set_defaults(action="soak.command:soak")
    verb.add_argument("--minutes", type=float, default=5.0, metavar="N", help="how long it lasts at most (5)")
    verb.add_argument("--kills", type=int, default=0, metavar="N", help="end after so many kills")
    verb.add_argument("--seed", type=int, default=1, metavar="N", help="what happens is drawn from it")


def _evaluation(verb: Parser) -> None:
    verb.set_defaults(action="evaluation:evaluate")
    effort = verb.add_mutually_exclusive_group()
    effort.add_argument("--quick", action="store_true", help="some minutes: what broke (the default)")
    effort.add_argument("--full", action="store_true", help="half an hour or more: figures to compare models by")
    verb.add_argument("--model", type=Path, metavar="FOLDER", help="pipeline folder in the layout of diffusers")
    verb.add_argument("--classifier", type=Path, metavar="FOLDER", help="another attribute classifier")
    verb.add_argument("--only", nargs="+", metavar="NAME", help="these measures: classifier, vae, prompts, ...")
    verb.add_argument("--mode", choices=("draft", "fine", "both"), default="both", help="how clips are made")
    verb.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same scenes, same figures")
    verb.add_argument("--json", action="store_true", help="the figures as one JSON object on standard output")
