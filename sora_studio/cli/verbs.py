"""What each verb does: files and options to an Order, the Order to a film."""

from __future__ import annotations

import json
import math
import re
import tempfile
import time
from argparse import Namespace
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from sora_studio.cli.machine import doctor, engines
from sora_studio.cli.output import check_output, check_picture, make_folder, write_sheet
from sora_studio.cli.reporter import Reporter
from sora_studio.cli.work import STOPPED, Target, interruptible, make
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput, Cancelled, ProjectError
from sora_studio.core.manner import manner_of
from sora_studio.core.quicker import speed_of
from sora_studio.core.recipe import Recipe, generated_from
from sora_studio.core.request import Lora
from sora_studio.core.setup import Setup
from sora_studio.core.time import Rate, Size
from sora_studio.engines.catalog import capabilities
from sora_studio.media.credentials import Credentials
from sora_studio.media.export import ExportSettings, render_timeline
from sora_studio.media.metadata import read_recipe
from sora_studio.media.probe import probe
from sora_studio.media.reasons import check_readable
from sora_studio.session import orders, store
from sora_studio.session.adapting import few_of, lora_of
from sora_studio.session.draft import Draft, Keyframe, draft_of, nearest_size
from sora_studio.session.exporting import export_project
from sora_studio.session.interchange import ENDINGS, export_timeline
from sora_studio.session.joining import is_joined, joined
from sora_studio.session.lookbook import LookBook
from sora_studio.session.orders import Order
from sora_studio.session.pieces import Piece
from sora_studio.settings.file import load_settings
from sora_studio.settings.folders import credentials_folder

__all__ = [
    "animate",
    "bench",
    "bridge",
    "doctor",
    "engines",
    "export",
    "extend",
    "generate",
    "loop",
    "recipe",
    "restyle",
    "train",
    "upscale",
]

PART_QUALITY = 6
"""Rate factor of the generated part before it is joined and encoded a second time: as good as lossless."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What all generating verbs read from their arguments."""

    caps: Capabilities
    draft: Draft
    seconds: float | None

    def added(self, ends: int) -> float:
        """The seconds to add to a clip: as asked for, or what the engine makes at once beside the context that it is
        shown at one or two ends."""
        if self.seconds is not None:
            return self.seconds
        return self.caps.rate.seconds(max(self.caps.frame_step, self.caps.window - ends * self.caps.overlap))


def generate(args: Namespace, reporter: Reporter) -> int:
    """A clip from words, pictures or a recipe."""
    if args.recipe is not None:
        return _write(_again(args), args, reporter, (args.recipe,))
    if args.prompt is None and not args.given:
        raise BadInput("Say in a few words what the clip shows: sora-studio generate “a red balloon” -o out.mp4.")
    brief = _brief(args, reporter)
    draft = _shaped(brief, brief.draft.given[0].path) if brief.draft.given else brief.draft
    return _write(orders.new_clip(draft, brief.caps), args, reporter, ())


def animate(args: Namespace, reporter: Reporter) -> int:
    """A picture comes alive."""
    brief = _brief(args, reporter)
    order = orders.new_clip(replace(_shaped(brief, args.image), first=args.image), brief.caps)
    return _write(order, args, reporter, (args.image,))


def extend(args: Namespace, reporter: Reporter) -> int:
    """The clip and what follows it, or what came before it and the clip."""
    brief = _brief(args, reporter)
    order = orders.extend(brief.draft, brief.caps, Piece(args.clip), brief.added(1), before=args.before)
    return _write(_with_result(order, args, "joined"), args, reporter, (args.clip,))


def bridge(args: Namespace, reporter: Reporter) -> int:
    """The first clip, a passage, the second clip."""
    brief = _brief(args, reporter)
    order = orders.bridge(brief.draft, brief.caps, (Piece(args.first), Piece(args.second)), brief.added(2))
    return _write(_with_result(order, args, "joined"), args, reporter, (args.first, args.second))


def restyle(args: Namespace, reporter: Reporter) -> int:
    """The clip told again, at the engine's size and rate."""
    brief = _brief(args, reporter)
    draft = brief.draft if args.strength is None else replace(brief.draft, strength=args.strength)
    piece = Piece(args.clip)
    if args.seconds is not None:
        piece = replace(piece, stop=Rate(1000).frames(_positive(args.seconds)) / Rate(1000).fps)
    order = orders.restyle(draft, brief.caps, piece, keep_shape=False)
    return _write(order, args, reporter, (args.clip,))


def loop(args: Namespace, reporter: Reporter) -> int:
    """The clip and the way back to its start."""
    brief = _brief(args, reporter)
    order = orders.loop(brief.draft, brief.caps, Piece(args.clip), brief.added(2))
    return _write(_with_result(order, args, "looped"), args, reporter, (args.clip,))


def upscale(args: Namespace, reporter: Reporter) -> int:
    """The clip, larger, at its own rate and with its sound."""
    check_readable(args.clip)
    order = orders.upscale(Piece(args.clip), args.by, generated_from(read_recipe(args.clip)))
    return _write(order, args, reporter, (args.clip,))


def recipe(args: Namespace, reporter: Reporter) -> int:
    """Print the request a file was made from."""
    reporter.print(
        json.dumps(_recipe_of(args.file), indent=None if args.json else 2, ensure_ascii=not reporter.unicode)
    )
    return 0


def export(args: Namespace, reporter: Reporter) -> int:
    """Write a project's film."""
    begun = time.monotonic()
    folder = args.project.parent if args.project.name == store.FILE else args.project
    try:
        project = store.load(folder)
    except ProjectError as exc:
        raise BadInput(str(exc)) from exc
    if args.output.suffix.lower() in ENDINGS:
        for note in export_timeline(project, folder, args.output):
            reporter.say(note)
        if args.json:
            reporter.event("done", file=str(args.output), seconds=round(time.monotonic() - begun, 2))
        reporter.say(f"{args.output}: the timeline for other programs.")
        return 0
    settings = ExportSettings(
        args.output,
        check_output(args.output, preset=args.preset),
        Size.parse(args.size) if args.size else None,
        Rate.parse(args.rate) if args.rate else None,
        args.quality,
        credentials=Credentials(credentials_folder()) if args.credentials else None,
    )
    with interruptible() as stop:
        export_project(
            project,
            folder,
            settings,
            lambda done, total: reporter.bar(done, total, f"frame {done} of {total}"),
            lambda: bool(stop),
        )
    return _done(args, reporter, begun, None)


def train(args: Namespace, reporter: Reporter) -> int:
    """Train the built-in model."""
    del reporter
    return int(import_module("sora_studio.training.commands").run(args))


def bench(args: Namespace, reporter: Reporter) -> int:
    """Measure the window."""
    del reporter
    return int(import_module("sora_studio.ui.bench").run(args.rest))


def _brief(args: Namespace, reporter: Reporter) -> Brief:
    """Options over the settings' defaults over the engine's own."""
    defaults = load_settings().settings.generation
    caps = capabilities(args.engine or defaults.engine)
    draft = draft_of(defaults)
    if caps.engine != defaults.engine:
        draft = replace(draft, engine=caps.engine, steps=caps.steps, guidance=caps.guidance, size=caps.sizes[0])
    if args.draft:
        draft = replace(draft, steps=caps.draft_steps)
    chosen = {name: value for name in ("prompt", "negative", "look", "seed", "steps", "guidance")
              if (value := getattr(args, name)) is not None}  # fmt: skip
    if args.size is not None:
        chosen |= {"size": Size.parse(args.size), "size_fixed": True}
    if args.seconds is not None:
        chosen["seconds"] = _positive(args.seconds)
    if "given" in args:
        chosen |= {"given": tuple(keyframe(text) for text in args.given), "loop": args.loop}
    draft = replace(draft, **chosen, loras=_loras(args))
    _say_few(draft, reporter)
    if draft.look:
        LookBook().find(draft.look)
    return Brief(caps, draft, args.seconds)


def _say_few(draft: Draft, reporter: Reporter) -> None:
    """What distilled LoRAs were made for, when more is asked for."""
    for lora in draft.loras:
        few = few_of(lora)
        if few is not None and (draft.steps, draft.guidance) != (few.steps, few.guidance):
            reporter.say(
                f"“{Path(lora.path).name}” was made for {few.steps} steps and guidance {few.guidance:g}: "
                f"--steps {few.steps} --guidance {few.guidance:g} is many times quicker."
            )


def _loras(args: Namespace) -> tuple[Lora, ...]:
    """The files of `--lora`, each read by its table. Raises BadInput saying why one is not used."""
    found = []
    for text in args.lora:
        path, _, strength = text.rpartition(":")
        if not path or not re.fullmatch(r"[+-]?\d*\.?\d+", strength):
            path, strength = text, "1"
        found.append(Lora(str(lora_of(Path(path).expanduser()).path.absolute()), float(strength)))
    return tuple(found)


def _shaped(brief: Brief, path: Path) -> Draft:
    """The draft in the engine's size nearest to a file's shape, unless a size was asked for."""
    if brief.draft.size_fixed:
        return brief.draft
    return replace(brief.draft, size=nearest_size(brief.caps, probe(path).size))


def keyframe(text: str) -> Keyframe:
    """Read AT:FILE[:STRENGTH]. A file's own name may hold colons, a Windows drive too."""
    at, colon, rest = text.partition(":")
    try:
        seconds = float(at)
    except ValueError:
        seconds = math.nan
    if not colon or not rest or not 0 <= seconds < math.inf:
        raise BadInput(f"“{text}” is not AT:FILE[:STRENGTH]. Write for example 0:first.png or 1.5:middle.jpg:0.5.")
    name, colon, strength = rest.rpartition(":")
    if colon and name and not Path(rest).exists():
        try:
            return Keyframe(seconds, Path(name), float(strength))
        except ValueError:
            pass
    return Keyframe(seconds, Path(rest))


def _again(args: Namespace) -> Order:
    """The order of a file's recipe, with the options that are given in place of its own."""
    order = orders.repeat(_generation_of(args.recipe), f"Again: {args.recipe.name}")
    request = order.request
    if args.engine is not None:
        request = replace(request, engine=capabilities(args.engine).engine)
    if args.draft:
        request = replace(request, steps=capabilities(request.engine).draft_steps)
    chosen = {name: value for name in ("prompt", "negative", "seed", "steps", "guidance")
              if (value := getattr(args, name)) is not None}  # fmt: skip
    if args.size is not None:
        chosen["size"] = Size.parse(args.size)
    if args.seconds is not None:
        if order.result != "whole":
            raise BadInput(
                "That file continues a clip. To make it longer use extend, bridge or loop on the clip itself."
            )
        chosen["length"] = max(1, request.rate.frames(_positive(args.seconds)))
    if args.loop:
        chosen["wrap"] = True
    if args.prompt is not None:
        chosen["words"] = args.prompt
    request = replace(request, **chosen)
    if args.look is not None:
        look = LookBook().find(args.look)
        request = replace(request, prompt=look.apply(request.prompt), look=look.name)
    if args.lora:
        request = replace(request, loras=_loras(args))
    if args.given:
        raise BadInput("--given cannot be added to a recipe. Leave out --from, or --given.")
    return replace(order, request=request)


def _recipe_of(path: Path) -> dict[str, object]:
    check_readable(path)
    found = read_recipe(path)
    if found is None:
        raise BadInput(f"“{path.name}” holds no recipe. It was made by another program, or by one that removed it.")
    return found


def _generation_of(path: Path) -> dict[str, object]:
    """What a file was generated from, also one that was upscaled since."""
    found = generated_from(_recipe_of(path))
    if found is None:
        raise BadInput(f"“{path.name}” was upscaled from footage: nothing was generated. Upscale that file again.")
    return found


def _with_result(order: Order, args: Namespace, result: orders.Result) -> Order:
    return order if args.only else replace(order, result=result)


def _write(order: Order, args: Namespace, reporter: Reporter, inputs: tuple[Path, ...]) -> int:
    """Make an order's film, with all that was asked for beside it."""
    begun = time.monotonic()
    given = (Path(one.source.path) for one in order.request.given if one.source)
    preset = check_output(args.output, (*inputs, *given))
    check_picture(args.sheet)
    make_folder(args.previews)
    like = _like(order, args)
    speed = None if args.speed is None else speed_of(tuple(name for name in args.speed if name != "none"))
    if is_joined(order):
        with tempfile.TemporaryDirectory(prefix="sora-studio-") as folder:
            part = Path(folder) / "part.mp4"
            made = make(order, Target(part, "h264", PART_QUALITY, args.previews, speed, like), reporter)
            _join(order, part, made.recipe, ExportSettings(args.output, preset, fit="cover"), reporter)
    else:
        make(order, Target(args.output, preset, None, args.previews, speed, like), reporter)
    if args.sheet is not None:
        write_sheet(args.output, args.sheet)
    return _done(args, reporter, begun, None if order.result == "enlarged" else order.request.seed)


def _like(order: Order, args: Namespace) -> Setup | None:
    """How the clip was run whose recipe is made again, if by the same model."""
    path: Path | None = getattr(args, "recipe", None)
    if path is None:
        return None
    recipe = _generation_of(path)
    return manner_of(recipe) if recipe.get("engine") == order.request.engine else None


def _join(order: Order, part: Path, recipe: Recipe, settings: ExportSettings, reporter: Reporter) -> None:
    film = joined(order, part)
    for note in film.notes:
        reporter.say(note)
    with interruptible() as stop:
        try:
            render_timeline(
                film.timeline,
                film.files.get,
                settings,
                lambda done, total: reporter.bar(done, total, f"joining, frame {done} of {total}"),
                lambda: bool(stop),
                recipe,
            )
        except Cancelled as exc:
            raise Cancelled(STOPPED) from exc


def _done(args: Namespace, reporter: Reporter, begun: float, seed: int | None) -> int:
    path: Path = args.output
    frames, rate, size = _written(path)
    seconds = time.monotonic() - begun
    if args.json:
        reporter.event(
            "done",
            file=str(path),
            frames=frames,
            fps=float(rate.fps),
            size=[size.width, size.height],
            seed=seed,
            seconds=round(seconds, 2),
        )
    seeded = "" if seed is None else f", seed {seed}"
    reporter.say(f"{path}: {frames} frames of {size} at {rate} frames a second{seeded}, made in {seconds:.0f} s.")
    return 0


def _written(path: Path) -> tuple[int, Rate, Size]:
    """What was written: frames, rate and size."""
    pictures = sorted(path.iterdir()) if path.is_dir() else []
    info = probe(pictures[0] if pictures else path)
    return (len(pictures) or info.frames), info.rate, info.size


def _positive(seconds: float) -> float:
    if not 0 < seconds <= 86_400:
        raise BadInput(f"The length must be above zero and at most a day, not {seconds} seconds.")
    return seconds
