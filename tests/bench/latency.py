"""From an event in a worker's thread to the first frame that shows it; and what an idle window costs."""

from tests.bench.rounds import broker_url, figures


def main() -> None:
    with broker_url() as url:
        print("workers  median       p99     worst  events   (event to frame; two frames are 33 ms)")
        for workers in (4, 20):
            median, p99, worst, count = figures("whole", "latency", url, workers)
            print(f"{workers:7}  {median:4.1f} ms  {p99:5.1f} ms  {worst:5.1f} ms  {count:6.0f}", flush=True)
        cpu, frames = figures("whole", "idle", url, 2)
        print(f"idle, 2 workers wait: {cpu:.2f} % of a core, {frames:.0f} frames painted in 20 s")


if __name__ == "__main__":
    main()
