'use strict';

// A wrong key and an unknown registration id must both end in an error, at once and not as a hang.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Mqtt } = require('azure-iot-provisioning-device-mqtt');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { run, setting, step } = require('./scenario');

run(async () => {
  const wrongKey = crypto.createHash('sha256').update('not the key').digest('base64');
  for (const registrationId of [setting('REGISTRATION_ID'), 'nobody-knows-this-one']) {
    const security = new SymmetricKeySecurityClient(registrationId, wrongKey);
    const client = ProvisioningDeviceClient.create(setting('PROVISIONING_HOST'), setting('ID_SCOPE'), new Mqtt(), security);
    await step(`refusal of ${registrationId}`, assert.rejects(client.register()));
  }
});
