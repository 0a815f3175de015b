import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '@holdfast/core';
import { AdoptedContainer } from '../../../src/container/adopted/adopted-container.js';
import { readRuncState } from '../../../src/container/adopted/runc-state.js';
import { readCaller } from '../../../src/container/caller.js';
import { freezerOfFolders } from '../../../src/container/cgroup-files.js';
import { Freezer } from '../../../src/container/freezer.js';
import { parseMountInfo } from '../../../src/container/host-mounts.js';
import type { EngineTools } from '../../../src/container/tools.js';
import { toolsOfEnvironment, until } from '../machine.js';

/** Prints a number every 20 ms, half of them only once there is a file `go`, and ends with 7 at the last one. */
const program = `
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int last = atoi(argv[argc - 1]);
  for (int i = 1; i <= last; i++) {
    printf("%d\\n", i); fflush(stdout); usleep(20000);
    while (i == last / 2 && access("/go", F_OK)) usleep(20000);
  }
  return 7;
}`;

/** A container that nobody of Holdfast started, as Docker's are: made by runc, its output in a pipe of its owner's. */
export class ForeignContainer implements AsyncDisposable {
  readonly id = `hf-foreign-${process.pid}-${Math.trunc(performance.now())}`;
  readonly base = mkdtempSync('/var/tmp/hf-foreign-');
  readonly root = join(this.base, 'runc');
  readonly output = join(this.base, 'output');
  readonly #tools: EngineTools;

  private constructor(tools: EngineTools) {
    this.#tools = tools;
  }

  static async start(lastNumber: number): Promise<ForeignContainer> {
    const foreign = new ForeignContainer(await toolsOfEnvironment());
    const { base, id, root, output } = foreign;
    const [bundle, rootfs] = [join(base, 'bundle'), join(base, 'bundle/rootfs')];
    for (const folder of ['proc', 'dev', 'tmp']) mkdirSync(join(rootfs, folder), { recursive: true });
    writeFileSync(join(base, 'count.c'), program);
    execFileSync('cc', ['-static', '-o', join(rootfs, 'count'), join(base, 'count.c')]);
    const config = {
      ociVersion: '1.0.2',
      process: { args: ['/count', String(lastNumber)], env: [], cwd: '/', user: { uid: 0, gid: 0 }, capabilities: (await readCaller()).capabilities },
      root: { path: 'rootfs' },
      mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
      annotations: { 'org.criu.config': foreign.criuConfig },
      linux: {
        namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
        cgroupsPath: `holdfast-test/${id}`,
        resources: { devices: [{ allow: true, access: 'rwm' }] },
      },
    };
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
    const line = `"$0" --root ${root} --log ${base}/runc.log run --detach --bundle ${bundle} ${id} 2>&1 | cat > ${output}`;
    spawn('sh', ['-c', line, foreign.#tools.runc], { detached: true, stdio: 'ignore' }).unref();
    await until(async () => (await readRuncState(root, id))?.started === true);
    return foreign;
  }

  get criuConfig(): string {
    return join(this.base, 'criu.conf');
  }

  async adopt(exitCode: () => Promise<number | undefined>, clock: Clock = systemClock): Promise<AdoptedContainer> {
    const state = await readRuncState(this.root, this.id);
    if (state === undefined) throw new Error('the container is gone');
    const files = freezerOfFolders(parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')), state.cgroupFolders);
    if (files === undefined) throw new Error('no freezer');
    return new AdoptedContainer({
      id: this.id,
      init: state.init,
      freezer: new Freezer(files, systemClock),
      runc: { tools: this.#tools, root: this.root, log: join(this.base, 'runc.log') },
      tools: this.#tools,
      criuConfig: this.criuConfig,
      helpersFile: join(this.base, 'helpers.json'),
      tcp: 'close',
      roots: [],
      recordedMounts: [],
      recorded: { version: 1, kind: 'oci', mountpoints: ['/proc'] },
      notes: [],
      clock,
      translateOpenFiles: (opened) => Promise.resolve(opened),
      exitCode,
      freezeDeadlineMs: 10_000,
      longestFreezeMs: 60_000,
    });
  }

  lines(): readonly string[] {
    return readFileSync(this.output, 'utf8').split('\n').filter(Boolean);
  }

  letGoOn(): void {
    writeFileSync(join(this.base, 'bundle/rootfs/go'), '');
  }

  runc(...words: readonly string[]): void {
    execFileSync(this.#tools.runc, ['--root', this.root, ...words], { stdio: 'ignore' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Of a test that failed in between.
    execFileSync('sh', ['-c', '"$0" --root "$1" resume "$2" || true', this.#tools.runc, this.root, this.id], { stdio: 'ignore' });
    this.runc('delete', '--force', this.id);
    rmSync(this.base, { recursive: true, force: true });
  }
}
