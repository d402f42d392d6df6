"""A Celery application whose task hangs at the first try, and is done at the second.

The environment tells the broker (BROKER_URL) and the queue (QUEUE).
"""

import os
import threading

import celery

app = celery.Celery("clients", broker=os.environ["BROKER_URL"], backend="rpc://")
app.conf.update(
    task_default_queue=os.environ["QUEUE"],
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=False,
)


@app.task(bind=True)
def shout(self: celery.Task, text: str) -> str:
    """Return the text in capitals."""
    again = self.request.delivery_info["redelivered"]
    print(f"received {text} {'again' if again else 'for the first time'}", flush=True)
    if not again:
        threading.Event().wait()
    return text.upper()
