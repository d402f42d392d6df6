"""Runs the tests of RabbitMQ on a 4.3: `make test-rabbitmq-4`. Needs root.

The node lives in a folder of its own: see tests/rabbitmq_4_node.py.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.rabbitmq_4_node import ASKED_FOR, make_folder

ROOT = Path(__file__).resolve().parent.parent.parent
TESTS = (
    "tests/conformance",
    "tests/integration/test_lessons.py",
    "tests/integration/test_verbs.py",
    "tests/integration/test_demonstration.py",
    "tests/integration/test_versions.py",
)


def main() -> int:
    """Make the folder if need be, and run the tests; return pytest's code."""
    if os.geteuid() != 0:
        print("make test-rabbitmq-4 needs root, for chroot.", file=sys.stderr)  # noqa: T201
        return 2
    make_folder()
    words = [sys.executable, "-m", "pytest", *(sys.argv[1:] or TESTS)]
    return subprocess.run(words, cwd=ROOT, env={**os.environ, ASKED_FOR: "1"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
