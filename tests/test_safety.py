"""Files are data: nothing that the studio reads can run a program, and nothing listens. Read from its own source."""

from __future__ import annotations

import ast
import json
import ntpath
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput
from sora_studio.jobs.shared_frames import FrameRing
from sora_studio.weights.layout import check_shards
from sora_studio.weights.manifest import safe
from sora_studio.weights.tokens import save_token, saved_token
from tests.fakes.keyring import Memory

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "sora_studio").rglob("*.py"))

RUNS_CODE = {
    "pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code", "codeop", "imp",
    "pty", "commands",
}  # fmt: skip
"""Modules that turn data into running code."""
ARCHIVES = {"zipfile", "tarfile", "zipimport", "patoolib", "rarfile", "py7zr"}
"""None are read; an archive can name places outside its folder."""
LISTENS = {
    "socketserver", "http.server", "xmlrpc", "asyncore", "multiprocessing.connection", "multiprocessing.managers",
    "aiohttp", "flask", "uvicorn", "zmq",
}  # fmt: skip
"""The studio's processes speak through the pipes they were born with, which nobody else can open."""
BUILT_IN = {"eval", "exec", "compile", "__import__", "breakpoint"}
SHELL = {
    ("os", "system"), ("os", "popen"), ("subprocess", "getoutput"), ("subprocess", "getstatusoutput"),
    ("asyncio", "create_subprocess_shell"), ("tempfile", "mktemp"), ("shutil", "unpack_archive"), ("numpy", "load"),
    ("np", "load"), ("yaml", "load"), ("yaml", "full_load"), ("yaml", "unsafe_load"), ("torch", "hub"), ("os", "execv"),
    ("runpy", "run_path"), ("socket", "socket"), ("socket", "create_server"),
}  # fmt: skip
QT = {"QLocalServer", "QTcpServer", "QWebSocketServer", "QWebEngineView", "QSharedMemory"}
"""Classes of Qt that listen, or that anybody who knows a name can open."""


def _allowed(path: Path, found: str) -> bool:
    """What looks like it and is not: the name of the error that torch raises for a file that is none."""
    return path.name == "checkpoint.py" and found == "import pickle" and "pickle.UnpicklingError" in path.read_text()


def against(tree: ast.AST) -> Iterator[str]:
    """What in a module may run or open more than it should, in words."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), names=names):
                modules = [module, *(f"{module}.{alias.name}" for alias in names)]
            case ast.Call():
                yield from _call(node)
                continue
            case ast.Name(name) | ast.Attribute(attr=name) if name in QT:
                yield name
                continue
            case _:
                continue
        for module in modules:
            if {module, module.split(".")[0]} & (RUNS_CODE | ARCHIVES | LISTENS):
                yield f"import {module}"


def _call(node: ast.Call) -> Iterator[str]:
    said = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    match node.func:
        case ast.Name(name) if name in BUILT_IN:
            yield f"{name}()"
        case ast.Attribute(ast.Name(module), name) if (module, name) in SHELL:
            yield f"{module}.{name}()"
        case ast.Attribute(ast.Name("torch"), "load") if said.get("weights_only") != "True":
            yield "torch.load() of more than weights"
        case ast.Attribute(ast.Name("subprocess"), _) if node.args and isinstance(
            node.args[0], ast.Constant | ast.JoinedStr
        ):
            yield "a command that is a text"
        case _:
            pass
    if said.get("shell", "False") != "False":
        yield "shell="
    if said.get("trust_remote_code", "False") != "False" or said.get("allow_pickle", "False") != "False":
        yield "trust in what a file brings along"
    if said.get("use_safetensors", "True") != "True":
        yield "weights that are pickles"


def test_nothing_that_is_read_can_run() -> None:
    assert len(SOURCES) > 20
    found = [
        (path.relative_to(ROOT).as_posix(), one)
        for path in SOURCES
        for one in against(ast.parse(path.read_text(encoding="utf-8")))
        if not _allowed(path, one)
    ]
    assert not found


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "import numpy as np\nnp.load(path)",
        "eval(text)",
        "exec(text)",
        "__import__(name)",
        "import os\nos.system('ls')",
        "import subprocess\nsubprocess.run(f'ls {folder}')",
        "subprocess.Popen(command, shell=True)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "kind.from_pretrained(folder, trust_remote_code=True)",
        "kind.from_pretrained(folder, use_safetensors=False)",
        "yaml.load(text)",
        "import zipfile",
        "from multiprocessing.connection import Listener",
        "from PySide6.QtNetwork import QLocalServer\nQLocalServer()",
        "import socket\nsocket.socket()",
        "import http.server",
    ],
)
def test_what_could_run_would_be_noticed(code: str) -> None:
    assert list(against(ast.parse(code)))


def test_what_is_safe_is_let_through() -> None:
    code = "import json\nre.compile(x)\nmodel.eval()\nloop.exec()\nsocket.socketpair()\nyaml.safe_load(text)"
    assert not list(against(ast.parse(code)))


FOLDER = Path("/models/author/name")
ELSEWHERE = st.lists(st.sampled_from(["..", ".", "a", "b.safetensors", "", "C:", "~", "\\", "/", "\0", "nul"])).map(
    "/".join
)


@given(ELSEWHERE | st.text(max_size=20))
def test_a_listing_of_files_cannot_lead_outside_its_folder(path: str) -> None:
    if not safe(path):
        return
    assert Path(os.path.normpath(FOLDER / path)).is_relative_to(FOLDER)
    windows = ntpath.normpath(ntpath.join("D:\\models", path))
    assert windows.startswith("D:\\models\\")


@pytest.mark.parametrize(
    "name", ["../other/a.safetensors", "/tmp/a.safetensors", "..\\a.safetensors", "a.bin", 3, None]
)
def test_an_index_of_weights_cannot_name_files_elsewhere(name: object, tmp_path: Path) -> None:
    (tmp_path / "model" / "vae").mkdir(parents=True)
    index = tmp_path / "model" / "vae" / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": name}}))
    with pytest.raises(BadInput, match="points outside"):
        check_shards(tmp_path / "model", index)


@pytest.mark.skipif(sys.platform != "linux", reason="shared memory is a file on Linux")
def test_frames_in_shared_memory_are_for_their_owner_alone() -> None:
    ring = FrameRing(4096)
    try:
        mode = stat.S_IMODE(Path("/dev/shm", ring.name).stat().st_mode)
    finally:
        ring.close()
    assert mode == 0o600


def test_a_token_lies_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path))
    former, safe_place = keyring.get_keyring(), Memory()
    keyring.set_keyring(safe_place)
    try:
        save_token("hf_abcdefgh")
        assert saved_token() == "hf_abcdefgh"
    finally:
        keyring.set_keyring(former)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"hf_abcdefgh" in path.read_bytes()]


def test_processes_are_told_secrets_and_orders_through_their_pipes_alone() -> None:
    """No command line and no environment, which others on the machine may read, is given more than names of modules."""
    told = {
        ast.unparse(node.args[0])
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "subprocess.Popen" and node.args
    }
    assert told == {"command", "[sys.executable, '-P', '-m', MODULE]"}
