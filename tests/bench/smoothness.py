"""How smooth the window stays: gaps between ticks of a 16 ms timer with 0, 20 and 200 busy workers."""

from tests.bench.rounds import broker_url, figures


def main() -> None:
    with broker_url() as url:
        print("workers  median rate  longest gap  painted frames  tasks")
        for workers in (0, 20, 200):
            rate, gap, frames, tasks = figures("whole", "smoothness", url, workers)
            print(f"{workers:7}  {rate:8.1f}/s  {gap:8.0f} ms  {frames:11.1f}/s  {tasks:5.0f}/s", flush=True)


if __name__ == "__main__":
    main()
