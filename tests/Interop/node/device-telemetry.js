'use strict';

// Sends one message with system properties and awkward application properties, then three at once.

const { Message } = require('azure-iot-device');
const { deviceClient, run, step } = require('./scenario');

run(async () => {
  const client = deviceClient();
  await step('open', client.open());

  const message = new Message(JSON.stringify({ temperature: 21.5 }));
  message.messageId = 'message-1';
  message.correlationId = 'correlation-1';
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('room', 'K\u00fcche & Bad/1 = 100 %');
  message.properties.add('alarm level', '2+3');
  await step('send one', client.sendEvent(message));

  await step('send three at once', Promise.all([1, 2, 3].map((number) => client.sendEvent(new Message(`message ${number}`)))));
  await step('close', client.close());
});
