import type { JobRecord } from '@holdfast/core';
import * as z from 'zod';
import type { RedisPort } from './connection.js';
import type { Keys } from './keys.js';
import { json, parse } from './parse.js';
import { jobSchema } from './records.js';

export interface StoredJob {
  readonly record: JobRecord;
  readonly version: string;
}

const storedSchema = z.tuple([json(jobSchema), z.string(), z.string()]);
const absentSchema = z.tuple([z.null(), z.null(), z.null()]);

export async function readJob(port: RedisPort, location: string, keys: Keys, job: string): Promise<StoredJob | undefined> {
  const key = keys.job(job).record;
  const stored = await port.send('hmget', key, 'record', 'createdAt', 'version');
  if (absentSchema.safeParse(stored).success) return undefined;
  const [record, createdAt, version] = parse(location, key, storedSchema, stored);
  return { record: { ...record, createdAt }, version };
}
