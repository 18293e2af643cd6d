'use strict';

// What every script here shares. A script drives the official SDK, unmodified, and is itself driven by NodeScript.cs:
// settings come from the environment, progress goes out as lines `@step`, and the exit code says how it ended:
// 0 all as expected, 1 an expectation failed, 2 not done in time, 3 a setting is missing.

const limitSeconds = Number(process.env.SCENARIO_SECONDS || 60);
let waitingFor = 'the script itself';

/** Reads a setting of the scenario; without it the script cannot run. */
function setting(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`setting ${name} is missing in the environment`);
    process.exit(3);
  }
  return value;
}

/** Tells the driver how far the script is. */
function announce(step) {
  process.stdout.write(`@${step}\n`);
}

/** Waits for a promise and names it, so that a time-out says what did not happen. */
async function step(what, promise) {
  waitingFor = what;
  const result = await promise;
  console.log(`${what}: done`);
  return result;
}

/** A promise with its resolve function beside it, for answers that come by event. */
function expected() {
  let resolve;
  const promise = new Promise((done) => { resolve = done; });
  return { promise, resolve };
}

/** Runs a script's body under its time limit. */
function run(main) {
  setTimeout(() => {
    console.error(`not done after ${limitSeconds} s; waiting for: ${waitingFor}`);
    process.exit(2);
  }, limitSeconds * 1000);
  main().then(
    () => {
      announce('done');
      process.exit(0);
    },
    (error) => {
      console.error(`failed while waiting for: ${waitingFor}`);
      // Not the object itself: the SDK hangs the whole request on it, with its token.
      console.error(error.stack || error);
      console.error(error.responseBody || '');
      process.exit(1);
    });
}

/** The device transport the driver asked for: `mqtt` or `mqtt-ws`. */
function deviceTransport() {
  const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');
  return setting('TRANSPORT') === 'mqtt-ws' ? MqttWs : Mqtt;
}

/** The official device client over the transport the driver asked for. */
function deviceClient(connectionString) {
  const { Client } = require('azure-iot-device');
  return Client.fromConnectionString(connectionString || setting('DEVICE_CONNECTION_STRING'), deviceTransport());
}

module.exports = { announce, deviceClient, deviceTransport, expected, run, setting, step };
