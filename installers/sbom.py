#!/usr/bin/env python3
"""What Sora Studio is made of, as a bill of materials, and whether any of it is known to be unsafe.

`python installers/sbom.py` prints a CycloneDX 1.6 document of the locked versions (installers/constraints.txt);
`-o FILE` writes it. `python installers/sbom.py --audit` asks the advisory database about each of them with pip-audit (a
tool for developers: `pip install pip-audit`). It ends with 1 when something is known to be unsafe, and with 2 when not
everything could be asked about: nobody's silence counts as safety. Standard library only.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "installers" / "constraints.txt"

CARRIED = (
    {"type": "machine-learning-model", "name": "all-MiniLM-L6-v2", "license": "Apache-2.0"},
    {"type": "machine-learning-model", "name": "SPAN x2 and x4, 48 channels", "license": "Apache-2.0"},
    {"type": "data", "name": "WordNet 3.1", "license": "WordNet licence"},
    {"type": "file", "name": "Inter", "license": "OFL-1.1"},
    {"type": "file", "name": "Lucide icons", "license": "ISC"},
)
"""What others made and lies in the tree itself."""


def canonical(name: str) -> str:
    """A package's name as registries write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    """Versions by name; raises ValueError for a line that leaves a version open."""
    found = {}
    for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        name, sign, version = text.partition("==")
        if not sign or not re.fullmatch(r"[\w.+!-]+", version):
            raise ValueError(f"{text!r} is not locked to one version")
        found[canonical(name)] = version
    return found


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def _named(requirements: list[str]) -> Iterator[str]:
    """The names of requirements, without those of extras."""
    for one in requirements:
        found = re.match(r"[A-Za-z0-9._-]+", one)
        if found and "extra ==" not in one:
            yield canonical(found.group())


def _about(name: str) -> tuple[str, list[str]]:
    """The licence of an installed package and what it needs; nothing for one that is not installed here."""
    try:
        data = importlib.metadata.metadata(name)
        needs = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return "", []
    licence = data.get("License-Expression") or ""
    if not licence:
        kinds = [one.split(" :: ")[-1] for one in data.get_all("Classifier") or [] if one.startswith("License ::")]
        given = (data.get("License") or "").strip().splitlines()
        licence = ", ".join(kinds) or "".join(given[:1])[:80]
    return licence, list(_named(needs))


def bill() -> dict[str, Any]:
    """The document. The same tree gives the same one, so that two can be compared."""
    project, versions = _project(), locked()
    own, program = set(_named(project["dependencies"])), f"pkg:pypi/{project['name']}@{project['version']}"
    place = {name: f"pkg:pypi/{name}@{version}" for name, version in versions.items()}
    needed = {name: [one for one in _about(name)[1] if one in versions] for name in versions}
    runtime = _reached(own & versions.keys(), needed)
    components: list[dict[str, Any]] = [
        {
            "type": "library",
            "bom-ref": place[name],
            "name": name,
            "version": version,
            "purl": place[name],
            "scope": "required" if name in runtime else "optional",
            **_licences(_about(name)[0]),
        }
        for name, version in sorted(versions.items())
    ]
    components += [
        {"type": one["type"], "bom-ref": canonical(one["name"].replace(" ", "-")), "name": one["name"],
         **_licences(one["license"])}
        for one in CARRIED
    ]  # fmt: skip
    depends = [{"ref": program, "dependsOn": sorted(place[name] for name in own & versions.keys())}]
    depends += [
        {"ref": place[name], "dependsOn": sorted({place[one] for one in needed[name]})} for name in sorted(versions)
    ]
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": program,
                "name": project["name"],
                "version": project["version"],
                "purl": program,
                **_licences(project["license"]),
            }
        },
        "components": components,
        "dependencies": depends,
    }
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True))
    return {**document, "serialNumber": f"urn:uuid:{number}"}


def _reached(start: set[str], needed: dict[str, list[str]]) -> set[str]:
    """Everything that is needed by what is needed."""
    found, todo = set(start), list(start)
    while todo:
        new = set(needed[todo.pop()]) - found
        found |= new
        todo += new
    return found


def _licences(text: str) -> dict[str, Any]:
    """A licence as CycloneDX writes it: an expression of SPDX, or a name."""
    if not text:
        return {}
    if re.fullmatch(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+()-]+)*", text):
        return {"licenses": [{"expression": text}]}
    return {"licenses": [{"license": {"name": text}}]}


def audit() -> int:
    """Ask about every locked version, and say what came of it."""
    if importlib.util.find_spec("pip_audit") is None:
        print("pip-audit is not installed here, so nothing was asked. Run `pip install pip-audit` and try again.")
        return 2
    command = [sys.executable, "-m", "pip_audit", "-r", str(CONSTRAINTS), "--no-deps", "--disable-pip", "-f", "json"]
    run = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False)
    return verdict(run.stdout, run.stderr)


def verdict(answer: str, errors: str) -> int:
    """What pip-audit's answer means: 0 when all was asked about and nothing is known against it."""
    try:
        told = {one["name"]: one for one in json.loads(answer)["dependencies"]}
    except (ValueError, KeyError, TypeError):
        print(f"The advisory database could not be asked. {errors.strip()[-400:]}")
        return 2
    unsafe = {name: one["vulns"] for name, one in told.items() if one.get("vulns")}
    silent = sorted(locked().keys() - {canonical(name) for name, one in told.items() if "vulns" in one})
    for name, known in sorted(unsafe.items()):
        for one in known:
            better = ", ".join(one.get("fix_versions", ())) or "none yet"
            print(f"{name} {told[name]['version']}: {one['id']} (mended in {better})")
    if silent:
        print(f"Nothing could be learnt about {len(silent)} of {len(locked())} packages: {', '.join(silent)}.")
    if not unsafe and not silent:
        print(f"Nothing is known against any of the {len(told)} packages.")
    return 1 if unsafe else 2 if silent else 0


def main(arguments: list[str] | None = None) -> int:
    """Print, write or ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, help="write the bill of materials there")
    parser.add_argument("--audit", action="store_true", help="ask whether a version is known to be unsafe")
    options = parser.parse_args(arguments)
    if options.audit:
        return audit()
    text = json.dumps(bill(), indent=1, ensure_ascii=False) + "\n"
    if options.output is None:
        print(text, end="")
    else:
        options.output.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
