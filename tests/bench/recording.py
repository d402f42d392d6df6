"""What a recording costs: 2,000 tasks with no dots on 20 workers, with and without it, in turn.

`python -m tests.bench.recording [ROUNDS]`. The aim: less than 5 % of the throughput. Besides, how long the
recorder itself is at work, as a part of the run: what differs from round to round is more than that.
"""

import statistics
import sys

from tests.bench.rounds import broker_url, figures

COUNT = 2_000
ROUNDS = 8


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    works = ("run_unrecorded", "run_recorded")
    rows: dict[str, list[list[float]]] = {work: [] for work in works}
    with broker_url() as url:
        figures("whole", works[0], url, COUNT)  # the broker's first batch is its slowest
        for number in range(rounds):
            for work in works if number % 2 else reversed(works):
                rows[work].append(figures("whole", work, url, COUNT))
            without, with_it = (rows[work][-1][0] for work in works)
            print(f"round {number + 1}: without {without:6,.0f}/s, with {with_it:6,.0f}/s", flush=True)
    without, with_it = (statistics.median(row[0] for row in rows[work]) for work in works)
    share = statistics.median(row[1] for row in rows[works[1]])
    print(f"without a recording  median {without:6,.0f} tasks/s")
    print(f"with it              median {with_it:6,.0f} tasks/s  ratio {with_it / without:.3f}")
    print(f"the recorder was at work for {share:.1%} of the run")


if __name__ == "__main__":
    main()
