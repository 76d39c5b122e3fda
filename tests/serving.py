"""A Jupyter server of a test's own."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(command: list, folder: Path, log: Path, **own: object) -> Iterator[tuple[str, subprocess.Popen]]:
    """The address and the process of a server that `command` starts in a folder, on a free port and without a browser, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, own = [*command, "--no-browser", "--allow-root", f"--port={port}"], {k: str(v) for k, v in own.items()}
    with (
        log.open("w") as told,
        subprocess.Popen(command, cwd=folder, env=os.environ | own, stdout=told, stderr=told) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api")
                break
            except OSError:
                time.sleep(0.5)
        try:
            yield address, process
        finally:
            process.terminate()
            process.wait(60)
