'use strict';

// The provisioning service's enrollments by its official SDK: create, read, update, query, bulk, delete.

const assert = require('node:assert/strict');
const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { run, setting, step } = require('./scenario');

const symmetricKey = (text) => ({
  type: 'symmetricKey',
  symmetricKey: {
    primaryKey: Buffer.from(`${text} primary`.padEnd(32)).toString('base64'),
    secondaryKey: Buffer.from(`${text} secondary`.padEnd(32)).toString('base64'),
  },
});

run(async () => {
  const client = ProvisioningServiceClient.fromConnectionString(setting('PROVISIONING_CONNECTION_STRING'));

  const one = { registrationId: 'node-one', deviceId: 'node-device', attestation: symmetricKey('one'), provisioningStatus: 'enabled' };
  const created = (await step('create individual', client.createOrUpdateIndividualEnrollment(one))).responseBody;
  assert.equal(created.registrationId, 'node-one');
  assert.equal(created.deviceId, 'node-device');
  assert.ok(created.etag);

  const read = (await step('get individual', client.getIndividualEnrollment('node-one'))).responseBody;
  assert.equal(read.attestation.type, 'symmetricKey');
  const attestation = (await step('get individual keys', client.getIndividualEnrollmentAttestationMechanism('node-one'))).responseBody;
  assert.equal(attestation.symmetricKey.primaryKey, one.attestation.symmetricKey.primaryKey);

  const updated = (await step('update individual', client.createOrUpdateIndividualEnrollment({ ...read, provisioningStatus: 'disabled' }))).responseBody;
  assert.equal(updated.provisioningStatus, 'disabled');
  assert.notEqual(updated.etag, created.etag);
  await step('stale etag is refused', assert.rejects(client.createOrUpdateIndividualEnrollment({ ...read, etag: created.etag, deviceId: 'other' })));

  const group = { enrollmentGroupId: 'node-group', attestation: symmetricKey('group'), provisioningStatus: 'enabled', initialTwin: { tags: { line: '2' }, properties: { desired: { interval: 10 } } } };
  const createdGroup = (await step('create group', client.createOrUpdateEnrollmentGroup(group))).responseBody;
  assert.equal(createdGroup.enrollmentGroupId, 'node-group');
  const readGroup = (await step('get group', client.getEnrollmentGroup('node-group'))).responseBody;
  assert.equal(readGroup.initialTwin.properties.desired.interval, 10);

  const bulk = { mode: 'create', enrollments: [
    { registrationId: 'node-two', attestation: symmetricKey('two') },
    { registrationId: 'node-three', attestation: symmetricKey('three') },
  ] };
  // Without a callback this call of the SDK never settles its promise.
  const runBulk = (operation) => new Promise((resolve, reject) => {
    client.runBulkEnrollmentOperation(operation, (error, result) => (error ? reject(error) : resolve(result)));
  });
  const added = await step('create two in bulk', runBulk(bulk));
  assert.equal(added.isSuccessful, true);

  const query = client.createIndividualEnrollmentQuery({ query: 'SELECT * FROM enrollments' }, 2);
  const found = [];
  while (query.hasMoreResults) {
    const page = (await step('query page', query.next(query.continuationToken))).responseBody;
    assert.ok(page.length <= 2, 'a page is no longer than asked for');
    found.push(...page.map((enrollment) => enrollment.registrationId));
  }
  for (const id of ['node-one', 'node-two', 'node-three']) {
    assert.ok(found.includes(id), `${id} is missing in ${found}`);
  }

  await step('delete individual', client.deleteIndividualEnrollment('node-one'));
  await step('get the deleted enrollment', assert.rejects(client.getIndividualEnrollment('node-one'), (error) => error.response.statusCode === 404));
  await step('delete group', client.deleteEnrollmentGroup('node-group'));
  const removal = { mode: 'delete', enrollments: bulk.enrollments.map(({ registrationId }) => ({ registrationId, attestation: symmetricKey('any') })) };
  await step('delete two in bulk', runBulk(removal));
});
