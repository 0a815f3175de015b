import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportJob } from '../../src/deployment/export-job.js';
import { openPlaces, type Places, takeSnapshot } from '../archive/archives.js';

function contextOf({ here, folder }: Places) {
  return { stateDirectory: join(folder, 'state'), store: () => Promise.resolve(here) };
}

test('the newest snapshot is exported where none is named, and the progress reaches its end', async () => {
  await using places = await openPlaces();
  await takeSnapshot(places.here);
  await takeSnapshot(places.here);
  const told: (readonly [number, number])[] = [];
  const file = join(places.folder, 'job.tar');
  const report = await exportJob(contextOf(places), 'job', file, { onProgress: (bytes, total) => told.push([bytes, total]) });
  expect(report).toMatchObject({ job: 'job', number: 2, archiveBytes: (await readFile(file)).length });
  const [bytes, total] = told.at(-1) ?? [];
  expect(bytes).toBe(total);
  expect(await readdir(join(places.folder, 'state', 'transfers'))).toEqual([]);
});

test.each([
  ['a job that is not there', 'none', undefined, 'HF_JOB_MISSING'],
  ['a snapshot that is not there', 'job', 9, 'HF_CHECKPOINT_MISSING'],
  ['a job without a snapshot', 'begun', undefined, 'HF_CHECKPOINT_MISSING'],
  ['what is no name', '../job', undefined, 'HF_JOB_NAME'],
])('%s is refused, and no file made', async (_what, job, number, code) => {
  await using places = await openPlaces();
  await takeSnapshot(places.here);
  await places.here.claim('begun', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'fresh' });
  await expect(exportJob(contextOf(places), job, join(places.folder, 'job.tar'), { number })).rejects.toMatchObject({ code });
  expect((await readdir(places.folder)).filter((name) => name.includes('job.tar'))).toEqual([]);
});

test('a damaged snapshot is not exported: nothing is left under the name, nor beside it', async () => {
  await using places = await openPlaces();
  await takeSnapshot(places.here);
  const packs = join(places.folder, 'here', 'jobs', 'job', 'packs');
  const [pack = ''] = await readdir(packs);
  const bytes = await readFile(join(packs, pack));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(join(packs, pack), bytes);
  await expect(exportJob(contextOf(places), 'job', join(places.folder, 'job.tar'), {})).rejects.toMatchObject({ kind: 'corrupt' });
  expect((await readdir(places.folder)).toSorted()).toEqual(['here', 'state', 'there']);
});

test('an abort is told as one, and leaves nothing', async () => {
  await using places = await openPlaces();
  await takeSnapshot(places.here);
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(new Error('SIGINT'));
  const exporting = exportJob(contextOf(places), 'job', join(places.folder, 'job.tar'), { onProgress, signal: controller.signal });
  await expect(exporting).rejects.toMatchObject({ code: 'HF_ABORTED', kind: 'aborted' });
  expect((await readdir(places.folder)).toSorted()).toEqual(['here', 'state', 'there']);
});
