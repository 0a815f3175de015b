import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RestoredFiles, restoreFiles } from '../../src/files/restore-files.js';
import { listing } from './listing.js';
import { type Snapshot, treeTool, Workspace } from './workspace.js';

function restore(workspace: Workspace, { checkpoint }: Snapshot, held: readonly string[], tool = treeTool): Promise<RestoredFiles> {
  const heldPaths = held.map((path) => `/job/cwd/${path}`);
  return restoreFiles({ reader: checkpoint.reader(), roots: workspace.roots, treeTool: tool, savedName: 'saved', heldPaths });
}

/** A `holdfast-tree` that the kernel kills as it writes a file beyond so many KiB. */
async function dyingTool({ directory }: Workspace, kibibytes: number): Promise<string> {
  const path = join(directory, 'dying-tool');
  await writeFile(path, `#!/bin/bash\nulimit -f ${kibibytes}\nexec ${treeTool} "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

test('a file that the job had open comes back under its inode number; what it held is saved with all that belongs to it', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('mkdir d; echo first > d/a; ln d/a b; truncate -s 1M d/a; chmod 640 d/a; echo x > other');
  const before = listing(workspace.root);
  const snapshot = await workspace.take();
  const numbers = workspace.shell('stat -c %i d/a b');
  workspace.shell('printf 1 | dd of=d/a seek=2000000 bs=1 status=none; chmod 4600 d/a; chown 12:34 d/a; echo y > other');
  workspace.shell("python3 -c \"import os; os.setxattr('d/a', 'user.x', b'y')\"; cp -a d/a ../users; touch -d @1000000000.123456789 d/a ../users");
  expect(await restore(workspace, snapshot, ['b'])).toMatchObject({
    restoredFiles: 2,
    moved: [
      { from: `${workspace.root}/other`, to: `${workspace.root}/.holdfast/saved/other` },
      { from: `${workspace.root}/b`, to: `${workspace.root}/.holdfast/saved/b` },
    ],
  });
  expect(listing(workspace.root)).toEqual(before);
  expect(workspace.shell('stat -c %i d/a b')).toBe(numbers);
  workspace.shell('mkdir ../x ../y; mv .holdfast/saved/b ../x/f; mv ../users ../y/f; touch -d @0 ../x ../y');
  expect(listing(join(workspace.directory, 'x'))).toEqual(listing(join(workspace.directory, 'y')));
});

test('a restore killed as it saves or overwrites such a file is finished by the next; the user’s version is there all the time', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('seq 300000 > file');
  const snapshot = await workspace.take();
  const [number, content] = [workspace.shell('stat -c %i file'), workspace.shell('sha256sum file')];
  const users = (): string => workspace.shell('find . -type f -exec sha256sum {} + | cut -c1-64');
  for (const [script, isHalf] of [
    ['seq 300001 600000 > file', false],
    ['echo short > file', true],
  ] as const) {
    workspace.shell(script);
    const version = workspace.shell('sha256sum file').slice(0, 64);
    await expect(restore(workspace, snapshot, ['file'], await dyingTool(workspace, 1000))).rejects.toMatchObject({ code: 'HF_RESTORE_FAILED' });
    expect(workspace.shell('sha256sum file').slice(0, 64) !== version).toBe(isHalf);
    expect(users()).toContain(version);
    await restore(workspace, snapshot, ['file']);
    expect(workspace.shell('sha256sum file; stat -c %i file')).toBe(`${content}${number}`);
    expect(users()).toContain(version);
    expect(workspace.shell('find . -name "*incoming-*"')).toBe('');
  }
});

test('a file that is linked to elsewhere after the plan is replaced, not written into: the other name keeps what it had', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo first > file');
  const snapshot = await workspace.take();
  workspace.shell('echo users > file');
  const tool = join(workspace.directory, 'late-link');
  // The first run of it has the trees scanned, the last one the plan carried out.
  await writeFile(
    tool,
    `#!/bin/bash\n[ "$1" != apply ] || ln '${workspace.root}/file' '${workspace.directory}/link' 2> /dev/null\nexec ${treeTool} "$@"\n`,
  );
  await chmod(tool, 0o755);
  await restore(workspace, snapshot, ['file'], tool);
  expect(workspace.shell('cat file ../link .holdfast/saved/file')).toBe('first\nusers\nusers\n');
  expect(workspace.shell('stat -c %h file ../link')).toBe('1\n2\n');
});

test('a program that runs meanwhile is replaced, not written into', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('cp /bin/sleep program');
  const snapshot = await workspace.take();
  const number = workspace.shell('stat -c %i program');
  workspace.shell('echo >> program; ./program 60 > /dev/null 2>&1 & echo $! > ../pid');
  try {
    expect(await restore(workspace, snapshot, ['program'])).toMatchObject({ restoredFiles: 1, moved: [{ from: `${workspace.root}/program` }] });
    expect(workspace.shell('cmp program /bin/sleep; stat -c %i .holdfast/saved/program')).toBe(number);
  } finally {
    workspace.shell('kill "$(cat ../pid)"');
  }
});
