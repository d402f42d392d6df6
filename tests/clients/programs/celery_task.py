"""Have the Celery worker shout, and wait for its answer: `celery_task.py TEXT`."""

import sys

from celery_app import shout

result = shout.delay(sys.argv[1])
print(f"sent {sys.argv[1]}", flush=True)
print(f"answer {result.get(timeout=60)}")
