'use strict';

// Receives two messages: one that was queued before the device came, one sent while it is connected.

const assert = require('node:assert/strict');
const { announce, deviceClient, expected, run, step } = require('./scenario');

run(async () => {
  const client = deviceClient();
  const queued = expected();
  const live = expected();
  client.on('message', (message) => {
    const target = message.getData().toString() === 'queued' ? queued : live;
    client.complete(message, (error) => (error ? target.resolve(Promise.reject(error)) : target.resolve(message)));
  });
  await step('open', client.open());

  const first = await step('queued message', queued.promise);
  assert.equal(first.messageId, 'queued-1');
  announce('listening');

  const second = await step('live message', live.promise);
  assert.equal(second.getData().toString(), '{"on":true}');
  assert.equal(second.messageId, 'live-1');
  assert.equal(second.correlationId, 'why-1');
  const room = second.properties.propertyList.find((property) => property.key === 'room');
  assert.equal(room && room.value, 'K\u00fcche & Bad');
  await step('close', client.close());
});
