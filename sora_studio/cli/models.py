"""`models`: what the catalogue offers and what is here; fetch, check and remove."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from pathlib import Path

from sora_studio.cli.reporter import Reporter
from sora_studio.cli.work import interruptible
from sora_studio.core.ahead import needs_of, usual_run
from sora_studio.core.errors import BadInput, Cancelled
from sora_studio.core.open_model import COMMERCIAL, Need, OpenModel, does_in_words, gigabytes, needs_in_words
from sora_studio.engines.families.known import ahead
from sora_studio.settings.file import load_settings
from sora_studio.settings.folders import model_folders
from sora_studio.weights import shelf, tokens
from sora_studio.weights.catalogue import open_model, open_models
from sora_studio.weights.fetch import Order, fetch, page
from sora_studio.weights.scan import scan_all

STOPPED = "Stopped. What was fetched is kept; the same command goes on."


def models(args: Namespace, reporter: Reporter) -> int:
    """The verb."""
    if args.what == "list":
        return _list(args, reporter)
    if args.model is None:
        raise BadInput("Name a model: sora-studio models {what} NAME. `models list` shows them.", what=args.what)
    act = {"get": _get, "remove": _remove, "verify": _verify}[args.what]
    return act(open_model(args.model), args, reporter)


def _folders() -> tuple[Path, ...]:
    chosen = load_settings().settings.models
    return model_folders(chosen.library, chosen.more)


def _held(repo: str) -> shelf.Held | None:
    return shelf.find(_folders(), repo)


def _list(args: Namespace, reporter: Reporter) -> int:
    found = list(scan_all(_folders()))
    if args.json:
        listed = [_data(model, _held(model.repo)) for model in open_models()]
        seen = [{"path": str(one.path), "what": one.what, "bytes": one.size, "unfit": one.reason} for one in found]
        reporter.print(json.dumps({"catalogue": listed, "found": seen}))
        return 0
    for model in open_models():
        size = "unknown size" if model.download_bytes is None else gigabytes(model.download_bytes)
        gated = {"yes": ", on request", "no": "", "unknown": ""}[model.gated]
        reporter.print(f"{model.repo}: {model.title}, {_standing(_held(model.repo))}")
        reporter.print(f"  does      {does_in_words(model)}")
        reporter.print(f"  needs     {size} on disk. {' '.join(needs_in_words(model, _forecast(model)))}")
        reporter.print(f"  licence   {model.licence.name}{gated}, {COMMERCIAL[model.licence.commercial]}")
    for one in found:
        reporter.print(f"{one.path}: {one.reason or one.what}")
    reporter.print(f"Models are fetched into {_folders()[0]}; more folders: setting models.more.")
    return 0


def _forecast(model: OpenModel) -> tuple[Need, ...]:
    """What a clip in the model's own size and length needs, by layout; nothing where its parts are not known."""
    found = ahead(model)
    return () if found is None else needs_of(found[0], usual_run(found[1]))


def _standing(held: shelf.Held | None) -> str:
    if held is None:
        return "not here"
    if held.whole:
        return f"here, {gigabytes(held.total)} in {held.folder}"
    return f"{gigabytes(held.there)} of {gigabytes(held.total)} fetched"


def _data(model: OpenModel, held: shelf.Held | None) -> dict[str, object]:
    return {
        "repo": model.repo,
        "title": model.title,
        "family": model.family,
        "does": list(model.does),
        "download_bytes": model.download_bytes,
        "licence": model.licence.name,
        "commercial": model.licence.commercial,
        "gated": model.gated,
        "folder": str(held.folder) if held and held.whole else None,
        "there": held.there if held else 0,
        "total": held.total if held else None,
    }


def _get(model: OpenModel, args: Namespace, reporter: Reporter) -> int:
    begun = time.monotonic()
    here = _held(model.repo)
    root = here.root if here else args.into or _folders()[0]
    reporter.say(f"{model.licence.name}: {model.licence.words} {page(model.repo)}")
    last = [0.0]
    with interruptible() as stop:

        def told(there: int, total: int, checking: bool) -> None:
            if stop:
                raise Cancelled(STOPPED)
            if time.monotonic() - last[0] > 0.2 or there == total:
                last[0] = time.monotonic()
                words = f"{gigabytes(there)} of {gigabytes(total)}{', checking' if checking else ''}"
                if args.json:
                    reporter.event("progress", there=there, total=total, checking=checking)
                reporter.bar(there, total, words)

        folder = fetch(Order(model, root, tokens.saved_token()), told)
    if args.json:
        reporter.event("done", folder=str(folder), seconds=round(time.monotonic() - begun, 2))
    reporter.say(f"{model.repo} is in {folder}.")
    return 0


def _remove(model: OpenModel, args: Namespace, reporter: Reporter) -> int:
    held = shelf.require(_folders(), model.repo)
    freed = shelf.remove(held)
    if args.json:
        reporter.event("done", freed=freed)
    reporter.say(f"{model.repo} is removed; {gigabytes(freed)} are free again.")
    return 0


def _verify(model: OpenModel, args: Namespace, reporter: Reporter) -> int:
    held = shelf.require(_folders(), model.repo)
    read = [0]
    with interruptible() as stop:

        def heard(count: int) -> None:
            if stop:
                raise Cancelled("Stopped.")
            read[0] += count
            reporter.bar(read[0], held.total, f"{gigabytes(read[0])} of {gigabytes(held.total)} checked")

        bad = shelf.check(held, heard)
    if bad:
        shelf.set_back(held, bad)
    if args.json:
        reporter.event("done", bad=list(bad))
    if not bad:
        reporter.say(f"{model.repo} is sound: every file is as the hub lists it.")
        return 0
    reporter.say(
        f"Damaged or missing: {', '.join(bad)}. `sora-studio models get {model.repo}` fetches only these anew."
    )
    return 1
