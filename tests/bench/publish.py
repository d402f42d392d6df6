"""A batch of 10,000 tasks: ours in a thread, ours on qasync's loop, and a bare pika script, in turn.

Decides where the publisher's connection lives. The aim is 0.9 of the bare script or more.
"""

import statistics

from tests.bench.rounds import broker_url, figures

COUNT = 10_000
ROUNDS = 7


def main() -> None:
    with broker_url() as url:
        figures("bare", "publish", url, COUNT)  # the broker's first batch is its slowest
        bare, thread, qasync = [], [], []
        for number in range(ROUNDS):
            bare.append(figures("bare", "publish", url, COUNT)[0])
            thread.append(figures("whole", "publish", url, COUNT))
            qasync.append(figures("whole", "publish_on_qasync", url, COUNT))
            print(
                f"round {number + 1}: bare {bare[-1]:,.0f}/s, ours {thread[-1][0]:,.0f}/s, "
                f"ours on qasync {qasync[-1][0]:,.0f}/s",
                flush=True,
            )
    reference = statistics.median(bare)
    print(f"bare pika script            median {reference:8,.0f} tasks/s")
    for name, rows in (("ours, thread of its own", thread), ("ours, on qasync's loop", qasync)):
        rate = statistics.median(row[0] for row in rows)
        gap = statistics.median(row[1] for row in rows)
        print(
            f"{name:27} median {rate:8,.0f} tasks/s  ratio {rate / reference:.2f}  "
            f"longest gap in the window, median {gap:.0f} ms, worst {max(row[1] for row in rows):.0f} ms"
        )


if __name__ == "__main__":
    main()
