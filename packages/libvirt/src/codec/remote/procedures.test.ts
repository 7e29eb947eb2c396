import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LibvirtConnection, LibvirtError } from '../../connection/index.ts';
import { skipWithoutLibvirtd, startLibvirtd } from '../../testing/index.ts';
import {
  abortJob,
  attachDevice,
  detachDevice,
  detachDeviceAlias,
  getJobStats,
  getMaxDowntime,
  lookupByName,
  migrateBegin,
  migrateConfirm,
  migrateFinish,
  migratePerform,
  migratePrepare,
  nodeDeviceDetach,
  nodeDeviceReattach,
  nodeDeviceReset,
  type Procedure,
  setMaxDowntime,
  setMaxSpeed,
  updateDevice,
} from './index.ts';

// A daemon names the function that a driver lacks: so it tells what it has taken a number for.

test('a number means the function whose name it has here, to a daemon whose driver lacks it', {
  skip: skipWithoutLibvirtd(),
}, async () => {
  await using daemon = await startLibvirtd();
  await using connection = await LibvirtConnection.open({
    uri: 'test:///default',
    socketPath: daemon.socketPath,
  });
  const nameHeard = async <Given>(procedure: Procedure<Given, unknown>, given: Given): Promise<unknown> => {
    try {
      await connection.call(procedure, given);
      return 'done';
    } catch (error) {
      if (!(error instanceof LibvirtError && error.code === 'VIR_ERR_NO_SUPPORT')) throw error;
      return error.refusal.str2;
    }
  };
  const domain = await connection.call(lookupByName, { name: 'test' });
  const device = { domain, xml: '<interface/>', flags: [] };
  const phase = { domain, params: [], flags: [], cookie: new Uint8Array() };
  const node = { name: 'scsi_host1', driver: null };
  const heard = [
    [abortJob.name, await nameHeard(abortJob, { domain })],
    [attachDevice.name, await nameHeard(attachDevice, device)],
    [detachDevice.name, await nameHeard(detachDevice, device)],
    [detachDeviceAlias.name, await nameHeard(detachDeviceAlias, { domain, alias: 'a', flags: [] })],
    [updateDevice.name, await nameHeard(updateDevice, device)],
    [getJobStats.name, await nameHeard(getJobStats, { domain, flags: [] })],
    [getMaxDowntime.name, await nameHeard(getMaxDowntime, { domain })],
    [setMaxDowntime.name, await nameHeard(setMaxDowntime, { domain, downtimeMs: 1 })],
    [setMaxSpeed.name, await nameHeard(setMaxSpeed, { domain, mibPerSecond: 1 })],
    [migrateBegin.name, await nameHeard(migrateBegin, phase)],
    [migratePrepare.name, await nameHeard(migratePrepare, phase)],
    [migratePerform.name, await nameHeard(migratePerform, { ...phase, destinationUri: null })],
    [migrateFinish.name, await nameHeard(migrateFinish, { ...phase, cancelled: true })],
    [migrateConfirm.name, await nameHeard(migrateConfirm, { ...phase, cancelled: true })],
    [nodeDeviceDetach.name, await nameHeard(nodeDeviceDetach, node)],
    [nodeDeviceReattach.name, await nameHeard(nodeDeviceReattach, node)],
    [nodeDeviceReset.name, await nameHeard(nodeDeviceReset, node)],
  ];
  for (const [name, found] of heard) assert.equal(found, name);
});
