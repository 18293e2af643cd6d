'use strict';

// Loses the connection without a farewell and comes back by the SDK's own retry, with its subscriptions.

const { announce, deviceClient, expected, run, step } = require('./scenario');
const { Message } = require('azure-iot-device');

run(async () => {
  const client = deviceClient();
  const finish = expected();
  const message = expected();
  await step('open', client.open());
  client.onDeviceMethod('finish', (request, response) => {
    response.send(200, { still: 'here' }, (error) => finish.resolve(error && Promise.reject(error)));
  });
  client.on('message', (received) => client.complete(received, () => message.resolve()));
  await step('send before the drop', client.sendEvent(new Message('before')));
  announce('connected');

  // The driver drops the connection now, waits for the device to come back, sends a message and calls the method.
  await step('message after the drop', message.promise);
  await step('finish method after the drop', finish.promise);
  await step('send after the drop', client.sendEvent(new Message('after')));
  await step('close', client.close());
});
