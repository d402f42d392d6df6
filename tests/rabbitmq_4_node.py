"""A RabbitMQ 4.3 beside the 3.10 that is installed: it lives in a folder of its own, and runs by chroot.

Debian 12 has 3.10.8. A later Debian's RabbitMQ, with the Erlang that it needs, is put into
`build/rabbitmq-4`; that takes a minute, and root.
"""

import os
import shutil
import subprocess
from pathlib import Path

from workq_gui.runtime import node_files
from workq_gui.runtime.leash import Leash
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

FOLDER = Path(__file__).resolve().parent.parent / "build" / "rabbitmq-4"
SUITE = "forky"
NODES = FOLDER / "nodes"
ASKED_FOR = "WORKQ_TEST_RABBITMQ_4"
SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"


def is_asked_for() -> bool:
    """Tell whether the tests are to use a 4.3 wherever they use RabbitMQ."""
    return os.environ.get(ASKED_FOR) == "1"


def make_folder() -> None:
    """Make the folder unless it is there. Needs root and a Debian mirror; blocks for a minute."""
    if (FOLDER / "usr/lib/rabbitmq").exists():
        return
    if shutil.which("mmdebstrap") is None:
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "mmdebstrap"], check=True)
    FOLDER.parent.mkdir(exist_ok=True)
    options = ["--variant=apt", "--include=rabbitmq-server"]
    # The mirror may be some weeks old; its signatures are checked all the same.
    options.append("--aptopt=Acquire::Check-Valid-Until false")
    subprocess.run(["mmdebstrap", *options, SUITE, str(FOLDER)], check=True)


class RabbitMq4Node(RabbitMqNode):
    """A node of the RabbitMQ in `FOLDER`, to be used as any other.

    Attributes:
        enter: The words before a command that is to run where the node does.
        home: The node's folder as it sees it itself.
    """

    enter = ("chroot", str(FOLDER))

    def __init__(self, name: str, *conf: str) -> None:
        """Keep its files in a folder `name`, which begins empty; `conf` has more lines of rabbitmq.conf."""
        base_dir = NODES / name
        shutil.rmtree(base_dir, ignore_errors=True)
        super().__init__(base_dir)
        # There is no /proc in the folder.
        self._conf = ("vm_memory_calculation_strategy = allocated", *conf)
        self.home = Path("/", base_dir.relative_to(FOLDER))

    def _launch(self, scripts_dir: Path) -> Leash:
        assert self._owner_file is not None
        if self._leash is not None:
            self._leash.release()
        (FOLDER / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        node_files.write(self._base_dir, self._ports)
        with (self._base_dir / "rabbitmq.conf").open("a") as conf:
            conf.writelines(f"{line}\n" for line in self._conf)
        epmd = next((FOLDER / "usr/lib/erlang").glob("erts-*/bin/epmd")).relative_to(FOLDER)
        with self._log_path.open("wb") as log:
            self._leash = Leash(
                [
                    [*self.enter, f"/{epmd}", "-port", str(self._ports.epmd), "-address", "127.0.0.1"],
                    [*self.enter, SERVER],
                ],
                environment=node_files.environment(self.home, self._ports),
                work_dir=FOLDER,
                output=log,
                kept_open_fd=self._owner_file.fileno(),
            )
        return self._leash
