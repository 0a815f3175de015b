import type { DockerNode } from '@holdfast/testkit/docker';

export interface ShortContainer {
  readonly number: number;
  readonly isProtected: boolean;
  /** It takes more where the gate is not open by then. */
  readonly steps: number;
}

/** What came of one. */
export interface Ending {
  readonly container: ShortContainer;
  /** Docker's id, or why it was not started. */
  readonly started: { readonly id: string } | { readonly problem: string };
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Computes a number in memory, notes each step in a file of its root file system, and measures the longest time from one step to the next by the machine's
 * clock. Nothing in it starts a program: many of them shall not be the machine's whole work.
 */
const program = `mkfifo /tick; exec 3<>/tick; n=0; s=$1; worst=0
read last rest < /proc/uptime; last=\${last%.*}\${last#*.}
while [ $n -lt $2 ] || [ ! -e /gate/open ]; do
  n=$((n + 1)); s=$(((s * 1103515245 + 12345) % 2147483648)); echo $n >> /steps
  read -t 0.05 nothing <&3
  read now rest < /proc/uptime; now=\${now%.*}\${now#*.}
  gap=$((now - last)); last=$now; [ $gap -le $worst ] || worst=$gap
done
echo "answer $s, $n steps, $(wc -l < /steps) noted, longest gap \${worst}0 ms"`;

const said = /^answer (\d+), (\d+) steps, (\d+) noted, longest gap (\d+) ms\n$/;

export function jobOf({ number }: ShortContainer): string {
  return `short-${number}`;
}

/** Resolves when it runs, with its id. `gate`: the folder in which a file `open` lets it end. */
export async function startContainer(docker: DockerNode, container: ShortContainer, interval: string, gate: string): Promise<Ending['started']> {
  const { number, isProtected, steps } = container;
  const variables = isProtected
    ? ['MMC_CHECKPOINT_MODE=true', `MMC_CHECKPOINT_INTERVAL=${interval}`, `HOLDFAST_JOB=${jobOf(container)}`].flatMap((each) => ['-e', each])
    : [];
  const words = [
    'run',
    '--detach',
    '--runtime',
    'holdfast',
    '--network',
    'none',
    '-v',
    `${gate}:/gate:ro`,
    ...variables,
    'base',
    'sh',
    '-c',
    program,
    'sh',
  ];
  const { status, stdout, stderr } = await docker.tryDocker([...words, String(number), String(steps)], { timeoutMs: 15 * 60_000 });
  return status === 0 ? { id: stdout.trim() } : { problem: `docker run ended with ${status}: ${stderr}` };
}

export async function endOf(docker: DockerNode, container: ShortContainer, started: Ending['started']): Promise<Ending> {
  if ('problem' in started) return { container, started, status: undefined, stdout: '', stderr: '' };
  const { stdout: status } = await docker.tryDocker(['wait', started.id], { timeoutMs: 15 * 60_000 });
  const { stdout, stderr } = await docker.tryDocker(['logs', started.id]);
  return { container, started, status: Number(status), stdout, stderr };
}

/** The longest time from one step to the next; undefined where the answer is not the right one. */
export function gapOf({ container, status, stdout }: Ending): number | undefined {
  const [answer, steps = 0, noted, gapMs] = said.exec(stdout)?.slice(1).map(Number) ?? [];
  const isRight = status === 0 && steps >= container.steps && noted === steps && answer === Number(answerOf(container.number, steps));
  return isRight ? gapMs : undefined;
}

function answerOf(number: number, steps: number): bigint {
  let state = BigInt(number);
  for (let step = 0; step < steps; step += 1) state = (state * 1_103_515_245n + 12_345n) % 2_147_483_648n;
  return state;
}
