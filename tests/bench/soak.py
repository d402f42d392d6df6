"""The soak: 20,000 tasks, random faults of every kind, and each task accounted for, on both brokers.

python -m tests.bench.soak [--count 20000] [--seed 1] [--broker builtin|rabbitmq|both]
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from tests.soak import Soak, report
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

NODES = {"builtin": BrokerProcess, "rabbitmq": RabbitMqNode}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broker", choices=(*NODES, "both"), default="both")
    given = parser.parse_args()
    app = QCoreApplication(sys.argv[:1])
    is_right = True
    for name in NODES if given.broker == "both" else (given.broker,):
        with tempfile.TemporaryDirectory(prefix="workq-soak-", ignore_cleanup_errors=True) as folder:
            node = NODES[name](Path(folder) / "node")
            node.start()
            try:
                soak = Soak(node, given.count, given.seed)
                began_s = time.monotonic()
                account = soak.run()
                print(f"{node.product}, seed {given.seed}, {time.monotonic() - began_s:.0f} s:")
                print(report(account, soak))
                for task_id, places in list(account.wrong.items())[:10]:
                    print(f"  wrong: {task_id} in {places}: {soak.session.board.tasks[task_id]}")
                print("  ", Counter(" and ".join(places) or "nowhere" for places in account.wrong.values()))
                is_right &= not account.wrong
            finally:
                node.kill()
    del app
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
