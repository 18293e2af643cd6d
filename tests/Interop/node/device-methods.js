'use strict';

// Answers a direct method. The driver also calls one that nobody registered: the SDK leaves it unanswered, and the
// hub's own time-out must speak.

const assert = require('node:assert/strict');
const { Message } = require('azure-iot-device');
const { announce, deviceClient, expected, run, step } = require('./scenario');

run(async () => {
  const client = deviceClient();
  const finish = expected();
  await step('open', client.open());

  client.onDeviceMethod('setInterval', (request, response) => {
    assert.equal(request.methodName, 'setInterval');
    assert.deepEqual(request.payload, { seconds: 5, text: 'gr\u00fcn' });
    response.send(202, { accepted: request.payload.seconds }, (error) => assert.ifError(error));
  });
  client.onDeviceMethod('finish', (request, response) => {
    response.send(200, null, (error) => finish.resolve(error && Promise.reject(error)));
  });

  // The subscription is made in the background; telemetry sent behind it is acknowledged after it.
  await step('send behind the subscription', client.sendEvent(new Message('ready')));
  announce('listening');
  await step('finish method', finish.promise);
  await step('close', client.close());
});
