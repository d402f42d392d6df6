"""Put tasks into a queue with kombu, and take them out of it: `kombu_queue.py URL QUEUE TEXT...`."""

import sys

import kombu

url, name, *texts = sys.argv[1:]
with kombu.Connection(url) as connection, connection.SimpleQueue(name) as queue:
    for text in texts:
        queue.put({"text": text}, compression="zlib")
    for _ in texts:
        message = queue.get(timeout=20)
        print(f"received {message.payload['text']}")
        message.ack()
    print(f"{queue.qsize()} left")
