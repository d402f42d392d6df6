"""Take tasks with aio-pika, and never finish one that says "hang": `aio_pika_worker.py URL QUEUE WORD`."""

import asyncio
import sys

import aio_pika


async def main(url: str, name: str, word: str) -> None:
    async with await aio_pika.connect_robust(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=1)
        queue = await channel.declare_queue(name, durable=True)
        async with queue.iterator() as messages:
            print("ready")
            async for message in messages:
                text = message.body.decode()
                print(f"received {text} {'again' if message.redelivered else 'for the first time'}")
                if text == word:
                    await asyncio.Event().wait()
                await message.ack()
                print(f"done {text}")


asyncio.run(main(*sys.argv[1:]))
