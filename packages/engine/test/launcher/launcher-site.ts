import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes down each call, speaks as runc does where a restore fails, and lets CRIU restore. */
const fakeRunc = `#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/calls"
case " $* " in
  *" restore "*)
    [ ! -e "$here/runc-waits" ] || { (exit 1) & exec sleep 1000.5; }
    [ ! -e "$here/log-grows" ] || { truncate -s 65M "$here/work/restore.log"; exec sleep 1000.5; }
    [ ! -e "$here/other" ] || PATH="$here/other:$PATH"
    criu swrk 3
    echo 'runc: criu failed: type NOTIFY errno 0' >&2
    exit "$(cat "$here/restore-status")" ;;
  *" create "*) echo 'the container speaks' ;;
esac
exit "$(cat "$here/status" 2> /dev/null || echo 0)"
`;

/** What it restores speaks at once, to whatever streams it was given. */
const fakeCriu = `#!/bin/sh
read -r line
echo "restored: $line"
echo 'restored, on standard error' >&2
sleep "$(cat "$(dirname "$0")/criu-sleeps" 2> /dev/null || echo 0)"
`;

/** A launcher with settings, a runc and a CRIU of its own. */
export class LauncherSite implements AsyncDisposable {
  readonly folder: string;
  readonly launcher: string;
  readonly bundle: string;
  readonly socket: string;
  readonly state: string;
  readonly work: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.launcher = this.path('holdfast-runc');
    this.bundle = this.path('bundle');
    this.socket = this.path('agent.sock');
    this.state = this.path('state');
    this.work = this.path('work');
  }

  /** `mode`: what the container's environment says; undefined: nothing. */
  static async create(mode?: string): Promise<LauncherSite> {
    const native = process.env['HOLDFAST_NATIVE'];
    if (native === undefined) throw new Error('HOLDFAST_NATIVE names no folder: run script/bootstrap');
    const site = new LauncherSite(await mkdtemp(join(tmpdir(), 'hf-launcher-')));
    await copyFile(join(native, 'holdfast-runc'), site.launcher);
    await writeFile(site.path('runc'), fakeRunc, { mode: 0o755 });
    await writeFile(site.path('criu'), fakeCriu, { mode: 0o755 });
    await writeFile(site.path('restore-status'), '0');
    await site.settings();
    await mkdir(site.bundle);
    await site.config({ env: ['PATH=/bin', ...(mode === undefined ? [] : [`MMC_CHECKPOINT_MODE=${mode}`])] });
    return site;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes the launcher's settings: those that are usual here, and these. */
  async settings(values: Readonly<Record<string, string>> = {}, mode = 0o600): Promise<void> {
    await rm(`${this.launcher}.conf`, { force: true });
    const usual = { runc: this.path('runc'), criu: this.path('criu'), socket: this.socket, state: this.state };
    const lines = Object.entries({ ...usual, ...values }).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(`${this.launcher}.conf`, lines.join(''), { mode });
  }

  async config(process: unknown, root: { readonly path: string } = { path: 'rootfs' }): Promise<void> {
    await writeFile(join(this.bundle, 'config.json'), JSON.stringify({ ociVersion: '1.0.2', process, root }));
  }

  async run(words: readonly string[], input = ''): Promise<Outcome> {
    const child = spawn(this.launcher, words, { cwd: this.folder, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => undefined).end(input);
    const ended = once(child, 'exit');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await ended;
    return { status: child.exitCode, stdout, stderr };
  }

  /** As containerd does it. */
  create(id = 'c1', input = ''): Promise<Outcome> {
    const globals = ['--root', this.path('root'), '--log', this.path('log.json'), '--log-format', 'json'];
    return this.run([...globals, 'create', '--bundle', this.bundle, '--pid-file', this.path('pid'), id], input);
  }

  /** What runc was called with, a line a call, with the site's folder as `.`. */
  async calls(): Promise<readonly string[]> {
    const lines = await this.read('calls');
    return lines
      .replaceAll(`${this.folder}/`, './')
      .split('\n')
      .filter((line) => line !== '');
  }

  async write(name: string, content: string): Promise<void> {
    await writeFile(this.path(name), content);
  }

  async read(name: string): Promise<string> {
    return await readFile(this.path(name), 'utf8').catch(() => '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
