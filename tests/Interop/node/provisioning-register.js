'use strict';

// Registers with a symmetric key (for a group: the driver hands over the group's key, the device key is derived here
// as the service's documentation says), then connects to the hub it was assigned to and sends telemetry.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Mqtt, MqttWs } = require('azure-iot-provisioning-device-mqtt');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { Message } = require('azure-iot-device');
const { deviceClient, run, setting, step } = require('./scenario');

run(async () => {
  const registrationId = setting('REGISTRATION_ID');
  const webSocket = setting('TRANSPORT') === 'mqtt-ws';
  const key = process.env.GROUP_KEY
    ? crypto.createHmac('sha256', Buffer.from(process.env.GROUP_KEY, 'base64')).update(registrationId).digest('base64')
    : setting('INDIVIDUAL_KEY');

  const security = new SymmetricKeySecurityClient(registrationId, key);
  const transport = webSocket ? new MqttWs() : new Mqtt();
  const client = ProvisioningDeviceClient.create(setting('PROVISIONING_HOST'), setting('ID_SCOPE'), transport, security);
  client.setProvisioningPayload({ model: 'bench' });

  const result = await step('register', client.register());
  assert.equal(result.status, 'assigned');
  assert.equal(result.registrationId, registrationId);
  assert.ok(result.deviceId);
  // A WebSocket of this SDK knows port 443 only, so the port of MQTT in the assigned name is of no use to it.
  const hub = webSocket ? result.assignedHub.split(':')[0] : result.assignedHub;

  const device = deviceClient(`HostName=${hub};DeviceId=${result.deviceId};SharedAccessKey=${key}`);
  await step('open', device.open());
  await step('send', device.sendEvent(new Message(`hello from ${registrationId}`)));
  await step('close', device.close());
});
