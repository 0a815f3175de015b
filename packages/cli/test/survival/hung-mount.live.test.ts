import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { missingHere } from '../support/live-line.js';

const missing = missingHere() ?? (existsSync('/dev/fuse') ? undefined : '/dev/fuse');
const main = resolve(import.meta.dirname, '../../lib/main.js');
/** A file system whose process never reads a request. */
const hang = 'mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 none';

it.skipIf(missing !== undefined && process.env['CI'] !== 'true')(
  `a mount of somebody else's that hangs is told, and neither stops a job's start nor leaves it frozen${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    // Not /tmp: a job has one of its own.
    const folder = await mkdtemp('/var/tmp/hf-hung-');
    const [work, hung, later] = ['work', 'hung', 'later'].map((name) => join(folder, name)) as [string, string, string];
    for (const place of [work, hung, later]) await mkdir(place);
    const env = { ...process.env, HOLDFAST_STATE_DIR: join(folder, 'state') };
    const job = 'while [ ! -e go ]; do echo >> turns; sleep 0.05; done';
    // A mount namespace of its own: what hangs here hangs nobody else.
    const script = `exec 3<>/dev/fuse; ${hang} '${hung}'; shift; "$@" 3>&-; echo "ended $?"`;
    const line = [process.execPath, main, 'run', '--json', '--job', 'hung', '--', 'sh', '-c', job];
    const run = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', '-', ...line], { cwd: work, env, stdio: 'pipe' });
    let said = '';
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const snapshot = async (): Promise<string> => {
      const taking = spawn(process.execPath, [main, 'snapshot', 'hung'], { cwd: work, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let told = '';
      for (const stream of [taking.stdout, taking.stderr]) stream.on('data', (chunk: Buffer) => (told += chunk.toString()));
      await once(taking, 'close');
      return `${String(taking.exitCode)} ${told}`;
    };
    const ofJob = (command: string): string =>
      execFileSync('nsenter', ['-t', String(pidOf(said)), '-m', '-p', 'sh', '-c', command], { encoding: 'utf8' });
    let holder: ReturnType<typeof spawn> | undefined;
    try {
      while (!said.includes('"type":"job.started"')) {
        if (run.exitCode !== null) throw new Error(`it ended:\n${said}`);
        await sleep(50);
      }
      expect(said).toContain(`the file system at '${hung}' does not answer: the job does not see it`);
      expect(await snapshot()).toMatch(/^0 /u);

      // One that begins to hang once the job sees it.
      holder = spawn('sh', ['-c', `exec 3<>/dev/fuse; nsenter -t ${pidOf(said)} -m ${hang} '${later}'; exec sleep 600`], { stdio: 'ignore' });
      while (!(await readFile(`/proc/${pidOf(said)}/mountinfo`, 'utf8')).includes(later)) await sleep(50);
      const refused = await snapshot();
      expect(refused).toContain(`the file system at '${later}', which the job sees, does not answer`);
      expect(refused).toContain('HF_MOUNT_HUNG');
      const turns = async (): Promise<number> => (await readFile(join(work, 'turns'))).length;
      for (const before = await turns(); (await turns()) < before + 3; ) await sleep(50);

      ofJob(`umount -l '${later}'`);
      expect(await snapshot()).toMatch(/^0 /u);
    } finally {
      holder?.kill('SIGKILL');
      execFileSync('touch', [join(work, 'go')]);
      await once(run, 'close');
    }
    expect(said).toContain('ended 0');
    execFileSync('rm', ['-rf', '--one-file-system', folder]);
  },
  120_000,
);

function pidOf(said: string): number {
  return Number(/"type":"job.started".*?"pid":(\d+)/u.exec(said)?.[1]);
}
