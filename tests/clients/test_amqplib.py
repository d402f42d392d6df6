"""Node's amqplib: publish, consume, kill, redeliver."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import missing
from tests.clients.program import HERE, Program

PROGRAMS = HERE / "programs"
INSTALL_LIMIT_S = 120


@pytest.fixture(scope="session")
def modules(request: pytest.FixtureRequest) -> Path:
    """Give the folder that amqplib is installed in; it is kept for the next run."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("Node is not installed; on Debian: sudo apt install nodejs npm")
    folder = request.config.cache.mkdir("amqplib")
    wanted = json.loads((PROGRAMS / "package.json").read_text())["dependencies"]["amqplib"]
    if _installed_version(folder) != wanted:
        _install(folder)
    return folder / "node_modules"


def _installed_version(folder: Path) -> str | None:
    path = folder / "node_modules" / "amqplib" / "package.json"
    return json.loads(path.read_text())["version"] if path.exists() else None


def _install(folder: Path) -> None:
    shutil.copy(PROGRAMS / "package.json", folder)
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_LIMIT_S)
    if done.returncode:
        missing(f"npm cannot install amqplib: {done.stderr.strip()[-500:]}")


def node(modules: Path, name: str, *words: str) -> Program:
    # Node looks for modules beside the program first, then here.
    environment = {**os.environ, "NODE_PATH": str(modules)}
    return Program(["node", str(PROGRAMS / name), *words], environment)


def test_the_task_of_a_killed_worker_is_done_by_another(modules, url, queue):
    with node(modules, "amqplib_worker.js", url, queue, "hard") as victim:
        victim.wait_for("ready")
        with node(modules, "amqplib_task.js", url, queue, "easy", "hard") as publisher:
            assert publisher.ended() == ["confirmed easy", "confirmed hard"]
        victim.wait_for("received hard for the first time")
        assert victim.has("done easy")
        victim.kill()
        with node(modules, "amqplib_worker.js", url, queue, "") as heir:
            heir.wait_for("received hard again")
            heir.wait_for("done hard")
            assert not heir.has("received easy again")
