import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { restoreFiles } from '../../src/files/restore-files.js';
import { listing } from './listing.js';
import { mutate } from './mutate.js';
import { treeTool, Workspace } from './workspace.js';

/** A `holdfast-tree` that dies after so many actions of all its calls together. */
async function dyingTool(directory: string, actions: number): Promise<string> {
  const path = join(directory, 'dying-tool');
  const script = `#!/usr/bin/python3
import os, struct, subprocess, sys
count_file = ${JSON.stringify(join(directory, 'actions-left'))}
if sys.argv[1] != 'apply': os.execv(${JSON.stringify(treeTool)}, sys.argv)
left = int(open(count_file).read())
data = sys.stdin.buffer.read()
total = struct.unpack('<I', data[8:12])[0]
at, taken = 12, 0
while taken < min(left, total):
    at += 4 + struct.unpack('<I', data[at:at + 4])[0]
    taken += 1
open(count_file, 'w').write(str(left - taken))
result = subprocess.run([${JSON.stringify(treeTool)}] + sys.argv[1:], input=data[:8] + struct.pack('<I', taken) + data[12:at], stdout=subprocess.PIPE)
if taken < total: os.kill(os.getpid(), 9)
sys.stdout.buffer.write(result.stdout)
sys.exit(result.returncode)
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  await writeFile(join(directory, 'actions-left'), String(actions));
  return path;
}

function contents(workspace: Workspace): Set<string> {
  return new Set(workspace.shell('find ../cwd ../tmp -type f -exec sha256sum {} + | cut -c1-64').trim().split('\n'));
}

const seed = process.env['HOLDFAST_SEED'] ?? String(Date.now());

/** All that the job sees in its working directory. */
function everyPath(workspace: Workspace): readonly string[] {
  const paths = workspace.shell('find . -type f -printf "%P\\0"').split('\0');
  return paths.map((path) => `/job/cwd/${Buffer.from(path).toString('latin1')}`);
}

test.for([
  { held: 'none', heldOf: (): readonly string[] => [] },
  { held: 'every file', heldOf: everyPath },
])(
  `a restore killed after any number of actions is finished by the same call, and nothing of the user’s is lost, $held open (HOLDFAST_SEED=${seed})`,
  async ({ heldOf }) => {
    let finished = false;
    for (let actions = 0; !finished; actions += 2 + Math.floor(actions / 5)) {
      await using workspace = await Workspace.create(['cwd', 'tmp']);
      const directories = workspace.roots.map(({ hostPath }) => hostPath);
      mutate(`${seed} before`, 40, ...directories);
      const snapshot = await workspace.take();
      const facts = directories.flatMap(listing);
      mutate(`${seed} after`, 40, ...directories);
      const users = new Set(workspace.shell('find . -type f -exec sha256sum {} + | cut -c1-64').trim().split('\n'));
      const tool = await dyingTool(workspace.directory, actions);
      const options = { reader: snapshot.checkpoint.reader(), roots: workspace.roots, savedName: 'first', heldPaths: heldOf(workspace) };
      finished = await restoreFiles({ ...options, treeTool: tool }).then(
        () => true,
        () => false,
      );
      const between = contents(workspace);
      expect(users.difference(between), `seed ${seed}, killed after ${actions}`).toEqual(new Set());
      await restoreFiles({ ...options, treeTool });
      expect(directories.flatMap(listing), `seed ${seed}, killed after ${actions}`).toEqual(facts);
      expect(users.difference(contents(workspace)), `seed ${seed}, killed after ${actions}`).toEqual(new Set());
      expect(workspace.shell('find .. -path "*incoming-*" -o -path "*discarded-*"')).toBe('');
    }
  },
);

test('a restore whose reader fails changes nothing but can be repeated', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('mkdir d; echo 1 > d/a; echo 2 > d/b; echo 3 > c');
  const snapshot = await workspace.take();
  workspace.shell('echo changed > d/a; rm d/b; echo changed > c');
  const before = listing(workspace.root);
  const reader = snapshot.checkpoint.reader();
  const write = reader.write.bind(reader);
  const failing = {
    ...reader,
    write: (...args: Parameters<typeof write>) => (args[0] === 'file/cwd/d/b' ? Promise.reject(new Error('damaged')) : write(...args)),
  };
  await expect(restoreFiles({ reader: failing, roots: workspace.roots, treeTool, savedName: 'saved' })).rejects.toThrow('damaged');
  expect(listing(workspace.root).slice(1)).toEqual(before.slice(1));
  await workspace.restore(snapshot);
  expect(workspace.shell('cat d/a d/b c; cat .holdfast/saved/d/a')).toBe('1\n2\n3\nchanged\n');
});
