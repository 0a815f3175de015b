import type { DatabasePorts } from '@holdfast/aws-databases';
import { awsSdkPorts } from '@holdfast/aws-databases/aws-sdk';
import { serverSessions } from '@holdfast/catalog/sessions';

/** AWS by its SDK, and the servers by the catalog's clients: the only place that puts the two together. */
export function databasePorts(region: string | undefined): DatabasePorts {
  return awsSdkPorts({ region, sql: serverSessions() });
}
