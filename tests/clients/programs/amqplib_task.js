// Publishes persistent tasks with amqplib, each confirmed: amqplib_task.js URL QUEUE TEXT...
"use strict";
const amqp = require("amqplib");

async function main(url, queue, ...texts) {
  const connection = await amqp.connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true });
  for (const text of texts) {
    channel.sendToQueue(queue, Buffer.from(text), { persistent: true, headers: { of: "node" } });
    await channel.waitForConfirms();
    console.log(`confirmed ${text}`);
  }
  await connection.close();
}

main(...process.argv.slice(2));
