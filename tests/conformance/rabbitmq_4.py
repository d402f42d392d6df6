"""Runs the conformance suite beside a RabbitMQ 4.3: `make test-rabbitmq-4`. Needs root.

Debian 12 has 3.10.8. A later Debian's, with the Erlang that it needs, goes into
a folder of its own, `build/rabbitmq-4`, and runs from there by chroot.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.rabbitmq_fixture import wait_until
from workq_gui.runtime import node_files
from workq_gui.runtime.leash import Leash
from workq_gui.runtime.rabbitmq_node import answers_amqp, free_ports

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build" / "rabbitmq-4"
SUITE = "forky"
NODE_DIR = Path("/node")


def main() -> int:
    """Make the folder if need be, start the node, run the suite, end the node; return pytest's code."""
    if os.geteuid() != 0:
        print("make test-rabbitmq-4 needs root, for chroot.", file=sys.stderr)  # noqa: T201
        return 2
    if not (FOLDER / "usr/lib/rabbitmq").exists():
        _make_folder()
    leash, port = _start_node()
    try:
        wait_until(lambda: answers_amqp(port), 90)
        url = f"amqp://guest:guest@127.0.0.1:{port}/%2F"
        words = [sys.executable, "-m", "pytest", "tests/conformance", *sys.argv[1:]]
        return subprocess.run(
            words, cwd=ROOT, env={**os.environ, "WORKQ_TEST_AMQP_URL": url}, check=False
        ).returncode
    finally:
        leash.release()


def _make_folder() -> None:
    if shutil.which("mmdebstrap") is None:
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "mmdebstrap"], check=True)
    FOLDER.parent.mkdir(exist_ok=True)
    options = ["--variant=apt", "--include=rabbitmq-server"]
    # The mirror may be some weeks old; its signatures are checked all the same.
    options.append("--aptopt=Acquire::Check-Valid-Until false")
    subprocess.run(["mmdebstrap", *options, SUITE, str(FOLDER)], check=True)


def _start_node() -> tuple[Leash, int]:
    (FOLDER / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    node_dir = FOLDER / NODE_DIR.relative_to("/")
    shutil.rmtree(node_dir, ignore_errors=True)
    node_dir.mkdir()
    ports = node_files.NodePorts(*free_ports(3))
    node_files.write(node_dir, ports)
    with (node_dir / "rabbitmq.conf").open("a") as conf:
        # There is no /proc in the folder.
        conf.write("vm_memory_calculation_strategy = allocated\n")
    epmd = next((FOLDER / "usr/lib/erlang").glob("erts-*/bin/epmd")).relative_to(FOLDER)
    inside = ["chroot", str(FOLDER)]
    with (node_dir / "log" / "node.log").open("wb") as log, Path(os.devnull).open() as nothing:
        leash = Leash(
            [
                [*inside, f"/{epmd}", "-port", str(ports.epmd), "-address", "127.0.0.1"],
                [*inside, "/usr/lib/rabbitmq/bin/rabbitmq-server"],
            ],
            environment=node_files.environment(NODE_DIR, ports),
            work_dir=FOLDER,
            output=log,
            kept_open_fd=nothing.fileno(),
        )
    return leash, ports.amqp


if __name__ == "__main__":
    sys.exit(main())
