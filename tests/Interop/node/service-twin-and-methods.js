'use strict';

// The service half and the device half of the official SDK talk to each other through the emulator.

const assert = require('node:assert/strict');
const { Client, Registry } = require('azure-iothub');
const { deviceClient, expected, run, setting, step } = require('./scenario');

run(async () => {
  const registry = Registry.fromConnectionString(setting('HUB_CONNECTION_STRING'));
  const service = Client.fromConnectionString(setting('HUB_CONNECTION_STRING'));
  const deviceId = setting('DEVICE_ID');

  const device = deviceClient();
  await step('device opens', device.open());
  device.onDeviceMethod('add', (request, response) => {
    response.send(200, { sum: request.payload.a + request.payload.b }, (error) => assert.ifError(error));
  });
  const deviceTwin = await step('device gets its twin', device.getTwin());
  const changed = expected();
  deviceTwin.on('properties.desired', (delta) => delta.colour && changed.resolve(delta));

  const twin = (await step('service gets the twin', registry.getTwin(deviceId))).responseBody;
  assert.equal(twin.deviceId, deviceId);
  const patch = { tags: { hall: '7' }, properties: { desired: { colour: 'blue' } } };
  const updated = (await step('service patches the twin', registry.updateTwin(deviceId, patch, twin.etag))).responseBody;
  assert.equal(updated.properties.desired.colour, 'blue');
  assert.equal(updated.tags.hall, '7');
  await step('stale etag is refused', assert.rejects(registry.updateTwin(deviceId, patch, twin.etag), { name: 'InvalidEtagError' }));
  const delta = await step('device sees the desired change', changed.promise);
  assert.equal(delta.colour, 'blue');

  await step('device reports', new Promise((resolve, reject) => {
    deviceTwin.properties.reported.update({ colour: 'blue' }, (error) => (error ? reject(error) : resolve()));
  }));
  const reported = (await step('service reads what was reported', registry.getTwin(deviceId))).responseBody;
  assert.equal(reported.properties.reported.colour, 'blue');
  assert.equal(reported.connectionState, 'Connected');

  const tagged = registry.createQuery("SELECT * FROM devices WHERE tags.hall = '7'", 100);
  assert.deepEqual((await step('query by tag', tagged.nextAsTwin())).result.map((found) => found.deviceId), [deviceId]);

  const call = { methodName: 'add', payload: { a: 2, b: 3 }, responseTimeoutInSeconds: 20 };
  const answer = (await step('method', service.invokeDeviceMethod(deviceId, call))).result;
  assert.deepEqual(answer, { status: 200, payload: { sum: 5 } });

  await step('device closes', device.close());
  const offline = { methodName: 'add', payload: null, responseTimeoutInSeconds: 5, connectTimeoutInSeconds: 0 };
  await step('method to an absent device', assert.rejects(service.invokeDeviceMethod(deviceId, offline)));
});
