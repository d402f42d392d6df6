"""Publish persistent tasks with aio-pika, each confirmed: `aio_pika_task.py URL QUEUE TEXT...`."""

import asyncio
import sys

import aio_pika


async def main(url: str, queue: str, *texts: str) -> None:
    async with await aio_pika.connect_robust(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue(queue, durable=True)
        for text in texts:
            message = aio_pika.Message(text.encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, routing_key=queue)
            print(f"confirmed {text}")


asyncio.run(main(*sys.argv[1:]))
