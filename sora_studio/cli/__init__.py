"""The same verbs without a window: `sora-studio generate "..." -o out.mp4` and its kin.

Exit codes: 0 done, 1 failed, 2 bad input, 130 cancelled. Errors are one sentence on standard error; with --json every
event is one JSON object a line on standard output.
"""

from __future__ import annotations

import sys
import traceback
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module

from sora_studio.cli.arguments import UsageError, make_parser, open_in_studio
from sora_studio.cli.reporter import Reporter
from sora_studio.core.errors import BadInput, Cancelled, StudioError

__all__ = ["main", "open_in_studio"]

DONE, FAILED, BAD_INPUT, CANCELLED = 0, 1, 2, 130

Verb = Callable[[Namespace, Reporter], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code and never raises."""
    words = list(sys.argv[1:] if argv is None else argv)
    reporter = Reporter(json_lines="--json" in words)
    try:
        arguments = make_parser(words).parse_args(words)
    except UsageError as exc:
        reporter.error(str(exc))
        return BAD_INPUT
    except SystemExit as exc:  # --help and --version
        return exc.code if isinstance(exc.code, int) else DONE
    try:
        return _verb(arguments.action)(arguments, reporter)
    except SystemExit as exc:  # --help of a verb that reads its own arguments
        return exc.code if isinstance(exc.code, int) else FAILED
    except (Exception, KeyboardInterrupt) as exc:  # noqa: BLE001 - the boundary: no traceback reaches the artist
        if arguments.debug:
            traceback.print_exc()
        return _told(exc, reporter)
    finally:
        reporter.close()


def _told(exc: BaseException, reporter: Reporter) -> int:
    """Say what went wrong and return the exit code of it."""
    match exc:
        case Cancelled() | KeyboardInterrupt():
            reporter.error(str(exc) or "Stopped. Nothing was written.")
            return CANCELLED
        case BadInput():
            reporter.error(str(exc))
            return BAD_INPUT
        case StudioError():
            reporter.error(str(exc))
            return FAILED
        case BrokenPipeError():
            return FAILED  # whoever read standard output has gone
        case MemoryError():
            reporter.error("Memory ran out. Make the picture smaller or the clip shorter, or close other programs.")
            return FAILED
        case _:
            reporter.error(
                f"Something went wrong ({exc or type(exc).__name__}). Run it again with --debug for details."
            )
            return FAILED


def _verb(name: str) -> Verb:
    """The function of a verb, "module:function"; imported only now, so that --help is quick."""
    module, function = name.split(":")
    verb: Verb = getattr(import_module(f"sora_studio.cli.{module}"), function)
    return verb
