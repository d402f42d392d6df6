// Takes tasks with amqplib, and never finishes one that says WORD: amqplib_worker.js URL QUEUE WORD
"use strict";
const amqp = require("amqplib");

async function main(url, queue, word) {
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, { durable: true });
  await channel.prefetch(1);
  await channel.consume(queue, (message) => {
    const text = message.content.toString();
    console.log(`received ${text} ${message.fields.redelivered ? "again" : "for the first time"}`);
    if (text !== word) {
      channel.ack(message);
      console.log(`done ${text}`);
    }
  });
  console.log("ready");
}

main(...process.argv.slice(2));
