"""The bill of materials, and an audit that does not take silence for safety."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "installers" / "sbom.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sbom = load()


def answer(**against: list[dict[str, object]] | str) -> str:
    """What pip-audit says: nothing against anything but those that are named."""
    told = []
    for name, version in sbom.locked().items():
        known = against.get(name.replace("-", "_"), [])
        more = {"skip_reason": known} if isinstance(known, str) else {"version": version, "vulns": known}
        told.append({"name": name, **more})
    return json.dumps({"dependencies": told})


def test_it_is_a_document_of_cyclonedx(tmp_path: Path) -> None:
    target = tmp_path / "sbom.json"
    command = [sys.executable, str(ROOT / "installers" / "sbom.py"), "-o", str(target)]
    assert subprocess.run(command, check=False).returncode == 0
    found = json.loads(target.read_text(encoding="utf-8"))
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["serialNumber"])
    known = {one["bom-ref"] for one in found["components"]} | {found["metadata"]["component"]["bom-ref"]}
    assert len(known) == len(found["components"]) + 1
    used = {ref for one in found["dependencies"] for ref in (one["ref"], *one["dependsOn"])}
    assert used <= known
    scopes = {one["name"]: one.get("scope") for one in found["components"]}
    assert scopes["torch"] == scopes["safetensors"] == scopes["numpy"] == "required"
    assert scopes["pytest"] == scopes["ruff"] == "optional"
    assert all("licenses" in one for one in found["components"] if one["name"] in ("torch", "pillow", "Inter"))


def test_the_same_tree_gives_the_same_document() -> None:
    assert sbom.bill() == sbom.bill()


def test_a_version_that_is_left_open_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "CONSTRAINTS", tmp_path / "constraints.txt")
    sbom.CONSTRAINTS.write_text("numpy==2.0\npillow>=10\n")
    with pytest.raises(ValueError, match="pillow>=10"):
        sbom.locked()


def test_only_answers_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert sbom.verdict(answer(), "") == 0
    assert sbom.verdict(answer(torch="Dependency not found"), "") == 2
    assert "1 of" in (said := capsys.readouterr().out)
    assert "torch" in said
    assert sbom.verdict("", "ConnectionError: no route to host") == 2
    assert "no route to host" in capsys.readouterr().out
    known = [{"id": "PYSEC-2026-1", "fix_versions": ["13.1"]}]
    assert sbom.verdict(answer(pillow=known, torch="not found"), "") == 1
    assert "PYSEC-2026-1 (mended in 13.1)" in capsys.readouterr().out
