"""Memory of a process: its threads take theirs from few pools."""

from __future__ import annotations

import subprocess
import sys

import pytest

POOLS_OF_EIGHT_THREADS = """
import ctypes, sys, tempfile, threading
from sora_studio.core.memory import share_pools
if sys.argv[1] == "shared":
    share_pools()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
together = threading.Barrier(9)
def work():
    libc.malloc(1000)
    together.wait()
for _ in range(8):
    threading.Thread(target=work).start()
together.wait()
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(told.read().count(b"<heap nr="))
"""


def pools(way: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", POOLS_OF_EIGHT_THREADS, way], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the pools of glibc")
def test_threads_share_two_pools() -> None:
    assert pools("shared") == 2 < pools("by default")
