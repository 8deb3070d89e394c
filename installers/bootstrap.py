#!/usr/bin/env python3
"""Set up Sora Studio on a fresh machine and run it: `python3 installers/bootstrap.py run` (or `test`, or `setup`).

Standard library only; Linux, macOS and Windows; Python 3.11 or newer. It makes an environment beside the checkout,
takes the PyTorch build that fits the hardware, installs the system libraries Qt needs where it may (apt as root) and
says which are missing where it may not. Running it again is quick and mends an environment with missing files.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "installers" / "constraints.txt"
OLDEST = (3, 11)
FIRST_PROMPT = "a red balloon rises over green hills at sunset"

TORCH_INDEX = "https://download.pytorch.org/whl/"
"""PyTorch's own index. PyPI holds the CUDA build for Linux and the CPU build for Windows and macOS."""

LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libpulse.so.0": "libpulse0",
}
"""Shared libraries that Qt loads on Linux and the Debian package of each (measured on a bare Debian 12)."""

TEST_PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth", "xdotool": "xdotool", "openbox": "openbox"}
"""What the tests drive a real window with, and the Debian package of each."""

AT_ONCE = ("--numprocesses=logical", "--maxprocesses=4", "--dist=loadfile")
"""Test files run side by side, one to a processor. More than four would need more memory than they save time."""


class SetupError(Exception):
    """Something the user has to do first; the text says what."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment folder and the extras installed into it."""

    folder: Path
    extras: str = ""

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """Written last, when everything is installed."""
        return self.folder / "sora-studio.json"


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"[sora-studio] {text}", file=sys.stderr, flush=True)


def hardware() -> str:
    """The kind of accelerator: nvidia, amd, apple or cpu."""
    if sys.platform == "darwin":
        return "apple" if platform.machine() == "arm64" else "cpu"
    if (
        shutil.which("nvidia-smi")
        and subprocess.run(["nvidia-smi", "-L"], capture_output=True, check=False).returncode == 0
    ):
        return "nvidia"
    if sys.platform == "linux" and (Path("/dev/kfd").exists() or shutil.which("rocminfo")):
        return "amd"
    return "cpu"


def torch_index(kind: str, system: str) -> str | None:
    """The extra package index with the torch build for this hardware, or None where PyPI's build is the right one."""
    table = {
        ("cpu", "linux"): "cpu",
        ("amd", "linux"): "rocm7.0",
        ("nvidia", "win32"): "cu130",
    }
    folder = table.get((kind, system))
    return TORCH_INDEX + folder if folder else None


def reachable(url: str) -> bool:
    """Whether an index answers; a closed network must not make pip retry for minutes."""
    try:
        with urllib.request.urlopen(url + "/torch/", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def missing_libraries() -> list[str]:
    """The Debian packages of shared libraries that Qt would not find on this Linux."""
    missing = []
    for soname, package in LIBRARIES.items():
        try:
            ctypes.CDLL(soname)
        except OSError:
            missing.append(package)
    return missing


def install_system_packages(packages: list[str], why: str) -> None:
    """apt-get the packages as root; otherwise say which are missing and how to get them."""
    if not packages:
        return
    command = f"sudo apt-get install -y {' '.join(packages)}"
    if not shutil.which("apt-get") or os.geteuid() != 0:
        say(f"{why} needs these system packages: {' '.join(packages)}. On Debian or Ubuntu: {command}")
        return
    say(f"Installing system packages for {why}: {' '.join(packages)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False, stdout=sys.stderr)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if subprocess.run(install, env=quiet, check=False, stdout=sys.stderr).returncode != 0:
        raise SetupError(f"apt could not install {' '.join(packages)}. Install them by hand, then run this again.")


def wanted(extras: str, kind: str) -> str:
    """A fingerprint of everything the environment is made from."""
    parts = [CONSTRAINTS.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    parts.append(f"{sys.version_info[:3]} {extras} {kind} {platform.machine()}".encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


CHECK = """
import importlib.metadata as m, json, sys
broken = []
for dist in m.distributions():
    name = dist.metadata["Name"]
    for file in dist.files or ():
        if file.suffix == ".pyc":
            continue
        path = file.locate()
        if not path.exists() or (file.size is not None and path.stat().st_size != file.size):
            broken.append(f"{name}=={dist.version}")
            break
print(json.dumps(broken))
"""


def damaged(env: Environment) -> list[str] | None:
    """The packages with missing or cut files ("name==version"), or None when the interpreter itself does not run."""
    run = subprocess.run([str(env.python), "-c", CHECK], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return None
    found: list[str] = json.loads(run.stdout.strip().splitlines()[-1])
    return [name for name in found if not name.lower().startswith("sora-studio")]


def pip(env: Environment, *arguments: str) -> None:
    """Run pip in the environment; raises SetupError when it fails."""
    command = [str(env.python), "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False, stdout=sys.stderr, cwd=ROOT).returncode != 0:
        raise SetupError(
            "pip could not install the packages (its message stands above). Check the network and the free disk space, "
            "then run this again: it goes on where it stopped."
        )


def create(env: Environment) -> None:
    """Make the virtual environment, from nothing where a broken one lies."""
    if env.folder.exists():
        say("The environment is broken; making it anew.")
        shutil.rmtree(env.folder)
    say(f"Making a Python environment in {env.folder}")
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(env.folder)
    except (OSError, subprocess.CalledProcessError) as exc:
        shutil.rmtree(env.folder, ignore_errors=True)
        raise SetupError(
            f"Python could not make an environment ({exc}). On Debian or Ubuntu: sudo apt-get install -y python3-venv"
        ) from exc


def install(env: Environment, kind: str) -> None:
    """Install torch for the hardware, then the studio and the rest at the tested versions."""
    torch = next(line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("torch=="))
    index = torch_index(kind, sys.platform)
    extra = ["--extra-index-url", index] if index and reachable(index) else []
    say(f"Installing PyTorch for {kind} and the studio's packages (some minutes the first time)")
    pip(env, "install", "-q", *extra, torch)
    target = f".[{env.extras}]" if env.extras else "."
    pip(env, "install", "-q", *extra, "-c", str(CONSTRAINTS), "-e", target)


def setup(extras: str) -> Environment:
    """Bring the environment to what pyproject.toml and the constraints say; quick when it already is."""
    env = Environment(Path(os.environ.get("SORA_STUDIO_ENV", ROOT / ".venv")), extras)
    kind = hardware()
    fingerprint = wanted(extras, kind)
    broken = damaged(env) if env.python.exists() else None
    if broken is None:
        create(env)
    elif broken:
        say(f"Mending {', '.join(broken)}")
        for package in broken:
            pip(env, "install", "-q", "--force-reinstall", "--no-deps", package)
    known = json.loads(env.stamp.read_text()) if env.stamp.exists() else {}
    if known.get("fingerprint") not in (fingerprint, wanted("test", kind)):
        install(env, kind)
        env.stamp.write_text(json.dumps({"fingerprint": fingerprint, "torch": kind}))
    return env


def has_display() -> bool:
    """Whether a window can open here."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def run(env: Environment, arguments: list[str]) -> int:
    """Open the studio; without a display make a first clip instead."""
    studio = [str(env.python), "-m", "sora_studio"]
    if arguments or has_display():
        return subprocess.run([*studio, *arguments], check=False).returncode
    say("There is no display here, so no window can open. Making a first clip without one:")
    say(f"  {FIRST_PROMPT}")
    clip, sheet = Path("first-clip.mp4").resolve(), Path("first-clip.png").resolve()
    make = [*studio, "generate", FIRST_PROMPT, "-o", str(clip), "--sheet", str(sheet)]
    code = subprocess.run(make, check=False).returncode
    if code == 0:
        say(f"The clip is {clip}, its frames on one sheet {sheet}. On a machine with a display this opens the studio.")
    return code


def test(env: Environment, arguments: list[str]) -> int:
    """Lint, types, layer contracts, tests and one generation by the built-in model; arguments go to pytest."""
    python = str(env.python)
    checks = [
        ("lint", [python, "-m", "ruff", "check", "."]),
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("types", [python, "-m", "mypy"]),
        ("layer contracts", [str(env.python.with_name("lint-imports"))]),
        ("tests", [python, "-m", "pytest", *AT_ONCE, *arguments]),
        ("generation", [python, "-m", "sora_studio", "generate", FIRST_PROMPT, "--steps", "4", "-o"]),
    ]
    failed = []
    for name, command in checks:
        say(f"Checking: {name}")
        if name == "generation":
            folder = ROOT / "build"
            folder.mkdir(exist_ok=True)
            command = [*command, str(folder / "first-clip.mp4")]
        if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
            failed.append(name)
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def main(argv: list[str] | None = None) -> int:
    """Command line of the set-up; exit code 0 when what was asked for worked."""
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Set up Sora Studio and run it.")
    parser.add_argument(
        "action", choices=("run", "test", "setup"), help="open the studio, run the tests, or only set up"
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to the studio or to pytest")
    options = parser.parse_args(argv)
    if sys.version_info < OLDEST:
        say(f"Sora Studio needs Python 3.11 or newer; this is {platform.python_version()}. Get one from python.org.")
        return 1
    try:
        if sys.platform == "linux":
            install_system_packages(missing_libraries(), "the window (Qt)")
            if options.action == "test":
                programs = [package for name, package in TEST_PROGRAMS.items() if not shutil.which(name)]
                install_system_packages(programs, "the tests")
        env = setup("test" if options.action == "test" else "")
    except SetupError as exc:
        say(str(exc))
        return 1
    except KeyboardInterrupt:
        say("Stopped. Run this again to go on.")
        return 130
    if options.action == "setup":
        say(f"Ready. The studio: {env.python} -m sora_studio")
        return 0
    return (run if options.action == "run" else test)(env, options.arguments)


if __name__ == "__main__":
    sys.exit(main())
