"""From the cut of a worker's connection to the redelivery: ours beside bare pika, 30 times each."""

import statistics

from tests.bench.rounds import broker_url, figures

TIMES = 10
ROUNDS = 3


def main() -> None:
    with broker_url() as url:
        bare, ours = [], []
        for _ in range(ROUNDS):
            bare += figures("bare", "redeliver", url, TIMES)
            ours += figures("whole", "redeliver", url, TIMES)
    for name, row in (("bare pika", bare), ("ours", ours)):
        print(f"{name:10} median {statistics.median(row):.2f} ms, worst {max(row):.2f} ms, n={len(row)}")
    print(f"ratio of the medians {statistics.median(ours) / statistics.median(bare):.2f}")


if __name__ == "__main__":
    main()
