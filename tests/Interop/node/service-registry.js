'use strict';

// The registry's whole life by the official service SDK: create, read, update, list, query, modules, bulk, delete.

const assert = require('node:assert/strict');
const { Registry } = require('azure-iothub');
const { run, setting, step } = require('./scenario');

const fails = (promise, name) => assert.rejects(promise, (error) => {
  assert.equal(error.name, name, `${error.name}: ${error.message}`);
  return true;
});

run(async () => {
  const registry = Registry.fromConnectionString(setting('HUB_CONNECTION_STRING'));

  const created = (await step('create', registry.create({ deviceId: 'node-1' }))).responseBody;
  assert.equal(created.deviceId, 'node-1');
  assert.equal(created.status, 'enabled');
  assert.ok(created.authentication.symmetricKey.primaryKey, 'keys are generated when none are given');
  await step('create twice', fails(registry.create({ deviceId: 'node-1' }), 'DeviceAlreadyExistsError'));

  const read = (await step('get', registry.get('node-1'))).responseBody;
  assert.equal(read.authentication.symmetricKey.primaryKey, created.authentication.symmetricKey.primaryKey);
  await step('get an unknown device', fails(registry.get('nobody'), 'DeviceNotFoundError'));

  await step('disable', registry.update({ ...read, status: 'disabled', statusReason: 'repair' }));
  const disabled = (await step('get disabled', registry.get('node-1'))).responseBody;
  assert.equal(disabled.status, 'disabled');
  assert.equal(disabled.statusReason, 'repair');

  const bulk = [
    { deviceId: 'node-2', status: 'enabled', authentication: { symmetricKey: { primaryKey: '', secondaryKey: '' } } },
    { deviceId: 'node-3', status: 'enabled', authentication: { symmetricKey: { primaryKey: '', secondaryKey: '' } } },
  ];
  const added = (await step('add two in bulk', registry.addDevices(bulk))).responseBody;
  assert.equal(added.isSuccessful, true);

  const listed = (await step('list', registry.list())).responseBody.map((device) => device.deviceId);
  for (const id of ['node-1', 'node-2', 'node-3']) {
    assert.ok(listed.includes(id), `${id} is missing in ${listed}`);
  }

  const statistics = (await step('statistics', registry.getRegistryStatistics())).responseBody;
  assert.equal(statistics.disabledDeviceCount, 1);

  const query = registry.createQuery("SELECT * FROM devices WHERE status = 'enabled'", 1);
  const found = [];
  while (query.hasMoreResults) {
    const page = (await step('query page', query.nextAsTwin())).result;
    assert.ok(page.length <= 1, 'a page is no longer than asked for');
    found.push(...page.map((twin) => twin.deviceId));
  }
  assert.ok(found.includes('node-2') && found.includes('node-3') && !found.includes('node-1'), `query found ${found}`);

  await step('add a module', registry.addModule({ deviceId: 'node-1', moduleId: 'camera' }));
  const modules = (await step('list modules', registry.getModulesOnDevice('node-1'))).responseBody;
  assert.deepEqual(modules.map((module) => module.moduleId), ['camera']);
  await step('remove the module', registry.removeModule('node-1', 'camera'));

  await step('delete', registry.delete('node-1'));
  await step('get the deleted device', fails(registry.get('node-1'), 'DeviceNotFoundError'));
  await step('remove two in bulk', registry.removeDevices([{ deviceId: 'node-2' }, { deviceId: 'node-3' }], true));

  const wrong = Registry.fromConnectionString(setting('HUB_CONNECTION_STRING')
    .replace(/SharedAccessKey=.*$/, `SharedAccessKey=${Buffer.from('wrong').toString('base64')}`));
  await step('wrong key', fails(wrong.get('node-2'), 'UnauthorizedError'));
});
