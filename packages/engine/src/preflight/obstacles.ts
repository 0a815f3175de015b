import { readdir, readFile, readlink } from 'node:fs/promises';

/** Something of the job that CRIU cannot take along, found before it is tried. */
export interface Obstacle {
  /** The same for each process that has it. */
  readonly kind: string;
  /** One sentence with the process's name. */
  readonly message: string;
  readonly hint: string;
  /** It would keep the job from standing still, so that a freeze only costs time: such a snapshot is refused before. */
  readonly blocksFreeze: boolean;
}

interface Rule {
  readonly target: RegExp;
  readonly what: string;
  readonly hint: string;
  /** Instead of all of it. */
  readonly lost?: string;
}

const rules: readonly Rule[] = [
  {
    target: /^\/dev\/nvidia/,
    what: 'uses a GPU ($0)',
    hint: 'memory of a GPU is not taken along: let the program write checkpoints of its own, or run it without the GPU',
  },
  {
    target: /^\/dev\/(?:dri\/|kfd)/,
    what: 'uses a GPU ($0)',
    hint: 'memory of a GPU is not taken along: let the program write checkpoints of its own, or run it without the GPU',
  },
  {
    target: /^\/dev\/(?:infiniband\/|uverbs)/,
    what: 'uses an RDMA device ($0)',
    hint: 'state of the device is not taken along: run the program over TCP',
  },
  { target: /^\/dev\/(?:kvm|vhost)/, what: 'runs a virtual machine ($0)', hint: 'snapshots of virtual machines are the hypervisor’s: use its own' },
  { target: /^\/dev\/fuse/, what: 'serves a file system of its own ($0)', hint: 'mount it outside of the job' },
  {
    target: /^anon_inode:\[io_uring\]/,
    what: 'uses io_uring',
    hint: 'start the job under Holdfast from its beginning: it answers io_uring with "not available", and programs do without',
  },
  {
    target: /^\/dev\/(?:pts\/)?ptmx$/,
    what: 'has a pseudo-terminal of its own',
    lost: 'a snapshot waits until nothing lies in it, and a resume does not bring back what was typed into it without the end of its line',
    hint: 'nothing, where its programs send whole lines or read each byte as it comes; else let them talk through pipes',
  },
  { target: /^anon_inode:\[perf_event\]/, what: 'measures with perf events', hint: 'run it without the profiler' },
  { target: /^anon_inode:bpf-/, what: 'holds BPF programs or maps', hint: 'let something outside of the job load them' },
  { target: /^anon_inode:\[userfaultfd\]/, what: 'handles page faults itself (userfaultfd)', hint: 'switch that feature of the program off' },
];

/** Namespaces that a process of a job cannot have of its own. */
const namespaces = ['pid', 'user', 'time'];

/** Everything that is found now, once a kind; what is not found is no proof. `init`: the first process of the job. The job runs, and nothing of it is stopped. */
export async function findObstacles(pids: readonly number[], init: number): Promise<readonly Obstacle[]> {
  const own = await namespacesOf(init);
  const found = new Map<string, Obstacle>();
  for (const pid of pids) {
    for (const { what, hint, lost = 'a snapshot cannot take that along', blocksFreeze = false } of [
      ...(await ofDescriptors(pid)),
      ...(await ofStatus(pid, init, pids)),
      ...(await ofNamespaces(pid, own)),
    ]) {
      if (found.has(what) && !blocksFreeze) continue;
      found.set(what, { kind: what, message: `process ${await nameOf(pid)} ${what}: ${lost}`, hint, blocksFreeze });
    }
  }
  return [...found.values()];
}

type Found = Pick<Rule, 'what' | 'hint' | 'lost'> & { readonly blocksFreeze?: boolean };

async function ofDescriptors(pid: number): Promise<readonly Found[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return rules.flatMap(({ target, what, ...rest }) => {
    const path = targets.find((each) => target.test(each));
    return path === undefined ? [] : [{ what: what.replace('$0', path), ...rest }];
  });
}

/**
 * A tracer inside the job is one of the job's own kind of trouble, too: CRIU must trace every process itself, which it does while a snapshot is taken or restored. And where
 * control groups are of version 1, a process that such a tracer has stopped does not freeze, while all others of the job stand still.
 */
async function ofStatus(pid: number, init: number, job: readonly number[]): Promise<readonly Found[]> {
  const tracer = /^TracerPid:\s+([1-9]\d*)$/m.exec(await readFile(`/proc/${pid}/status`, 'latin1').catch(() => ''))?.[1];
  if (tracer === undefined || Number(tracer) === init || (await isCriu(tracer))) return [];
  const blocksFreeze = job.includes(Number(tracer));
  return [{ what: 'is traced (strace, gdb, a debugger)', hint: 'end the tracer: a process can have but one', blocksFreeze }];
}

/** By its command line, too: one that a loader of its own starts is called as that loader. */
async function isCriu(pid: string): Promise<boolean> {
  const [name, line] = await Promise.all(['comm', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
  return name === 'criu\n' || (line ?? '').split('\0').some((word) => word.endsWith('/criu'));
}

async function ofNamespaces(pid: number, own: readonly string[]): Promise<readonly Found[]> {
  const here = await namespacesOf(pid);
  return namespaces.flatMap((name, index) =>
    here[index] === '' || here[index] === own[index]
      ? []
      : [
          {
            what: `has a ${name} namespace of its own (a container or sandbox inside the job)`,
            hint: 'run the inner program without a sandbox of its own',
          },
        ],
  );
}

function namespacesOf(pid: number): Promise<readonly string[]> {
  return Promise.all(namespaces.map((name) => readlink(`/proc/${pid}/ns/${name}`).catch(() => '')));
}

async function nameOf(pid: number): Promise<string> {
  const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
  return name === '' ? String(pid) : `${name} (${pid})`;
}
