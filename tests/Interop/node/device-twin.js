'use strict';

// Reads the twin, reports properties (also deletes one), and follows a desired change.

const assert = require('node:assert/strict');
const { Message } = require('azure-iot-device');
const { announce, deviceClient, expected, run, step } = require('./scenario');

run(async () => {
  const client = deviceClient();
  await step('open', client.open());
  const twin = await step('get twin', client.getTwin());
  assert.equal(twin.properties.desired.interval, 30);
  const startVersion = twin.properties.desired.$version;

  const report = (patch) => new Promise((resolve, reject) => {
    twin.properties.reported.update(patch, (error) => (error ? reject(error) : resolve()));
  });
  await step('report', report({ firmware: '1.2.3', battery: { percent: 87, low: false }, obsolete: 1 }));
  await step('report again', report({ obsolete: null, battery: { percent: 86 } }));

  const changed = expected();
  twin.on('properties.desired', (delta) => {
    // The first call hands over what is known already.
    if (delta.$version > startVersion) {
      changed.resolve(delta);
    }
  });
  // The subscription is made in the background; telemetry sent behind it is acknowledged after it.
  await step('send behind the subscription', client.sendEvent(new Message('ready')));
  announce('following');
  const delta = await step('desired change', changed.promise);
  assert.equal(delta.interval, 5);
  assert.equal(delta.$version, startVersion + 1);
  assert.equal('mode' in twin.properties.desired, false, 'a desired property set to null must be gone');

  const again = await step('get twin again', client.getTwin());
  assert.equal(again.properties.reported.firmware, '1.2.3');
  assert.deepEqual(again.properties.reported.battery, { percent: 86, low: false });
  assert.equal('obsolete' in again.properties.reported, false, 'a reported property set to null must be gone');
  await step('close', client.close());
});
