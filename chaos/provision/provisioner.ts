// One provisioner in a process of its own, which may be killed: does what its argument says and prints what came of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { awsDatabase, parseDatabaseConfig } from '@holdfast/aws-databases';
import { awsSdkPorts } from '@holdfast/aws-databases/aws-sdk';
import { serverSessions } from '@holdfast/catalog/sessions';
import { isHoldfastError } from '@holdfast/core';
import { resourceState, type WaitClock } from '@holdfast/core/provision';
import type { Order } from './order.ts';

/** Waits are waited for, but not for long. */
const impatient: WaitClock = {
  monotonicMs: () => performance.now(),
  sleep: async (ms, { signal } = {}) => {
    await sleep(Math.min(ms, 20), undefined, signal === undefined ? {} : { signal });
  },
};

const { verb, service, endpoint, region, subnets, folder, caFile } = JSON.parse(process.argv[2] ?? '') as Order;
const own = caFile === undefined ? {} : { user: 'chaos_app', database: 'chaos_data', tlsCaFile: caFile };
const config = parseDatabaseConfig(
  { name: 'chaos', purpose: 'catalog' },
  { [service]: { region, subnets, clientCidrs: ['10.0.0.0/16', '10.1.0.0/16'], ...own } },
);
const ports = awsSdkPorts({ region, endpoint, sql: serverSessions() });
const database = awsDatabase(config, { ports, state: resourceState(folder), clock: impatient, pollMs: { min: 10, max: 20 } });
try {
  console.log(JSON.stringify(await database[verb]()));
} catch (error) {
  console.log(
    JSON.stringify({ code: isHoldfastError(error) ? error.code : 'none', message: error instanceof Error ? error.message : String(error) }),
  );
  process.exitCode = 1;
}
