// bwa indexes a genome in a container of one node, which is lost; a new container on another node, which shares a volume with it and nothing else, goes on.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVolumeServers, volumeMachine } from '@holdfast/testkit/juicefs';
import { digestOutputs, runUndisturbed, writeGenome } from '@holdfast/testkit/victims';
import { compareOutputs } from '../compare.ts';
import { EventTeller, type Tally } from '../event-teller.ts';
import { indexing } from '../indexing.ts';
import { holdfastSays } from '../juicefs/holdfast-says.ts';
import { runDemo } from '../run-demo.ts';
import { paint, Timeline } from '../timeline.ts';
import { ended, runLine, saidIn } from './container.ts';
import { loseNode, type LostJob } from './lose-node.ts';
import { Node } from './node.ts';
import { type DockerDemoOptions, dockerDemoOptions } from './options.ts';

const holdfast: readonly [string] = [fileURLToPath(new URL('../../bin/holdfast', import.meta.url))];

async function play(options: DockerDemoOptions, folder: string, cleanup: AsyncDisposableStack): Promise<readonly string[]> {
  const [logs, results, genome] = [join(folder, 'logs'), join(folder, 'results'), join(folder, 'genome.fa')];
  for (const place of [logs, results]) await mkdir(place);
  console.log(`\n  ${paint(1, 'Holdfast: a container loses its node and goes on in a new container on another')}\n`);
  const victim = indexing(genome);
  const [bwa = ''] = victim.requires;
  writeGenome(genome, options.bases, 7);
  const servers = cleanup.use(await startVolumeServers(options.metadata));
  console.log(`  objects   MinIO, an S3 server, on ${servers.minio.url}`);
  console.log(`  metadata  of JuiceFS, and Holdfast's catalog: ${servers.database.kind} on port ${servers.database.port}`);
  console.log(`  program   ${bwa} index, of a generated genome of ${options.bases.toLocaleString('en')} bases, in an image`);
  console.log('  nodes     two Dockers, each with data, an agent and a JuiceFS client of its own; the first is lost\n');
  const node = async (name: string): Promise<Node> => {
    const made = cleanup.use(await Node.start(await volumeMachine(servers, join(folder, name), { name: 'holdfast-demo' }), holdfast));
    await made.docker.importImage('bwa', { programs: [bwa], paths: [genome] });
    return made;
  };
  const first = await node('node-a');
  await holdfastSays(holdfast, first.volume, 'storage', 'provision');
  const timeline = new Timeline();
  timeline.tell('note', 'the same program runs undisturbed beside it, to compare with');
  const plain = runUndisturbed(victim, join(folder, 'undisturbed'), { scale: 1, deadlineMs: 900_000 });
  plain.catch(() => undefined);
  const tally: Tally = { freezesMs: [], storedBytes: [], resumesMs: [], kills: 0, lastSnapshotAt: Date.now() };
  const command = [bwa, 'index', '-a', 'bwtsw', '-p', '/results/genome.fa', genome];
  const line = runLine({ job: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', interval: options.interval, image: 'bwa', command });
  const start = async (on: Node, log: string) => {
    const agent = await on.startAgent(join(logs, log));
    agent.startedAt = Date.now();
    timeline.tell('start', `docker ${line.join(' ')}`, agent.startedAt);
    const container = await on.docker.docker(line, { timeoutMs: 300_000 });
    return { container, agent, teller: new EventTeller(agent, timeline, tally) };
  };
  const lost: LostJob = await loseNode(first, await start(first, 'agent-a.log'), { options, timeline, tally });
  const second = await node('node-b');
  timeline.tell('note', 'another node: another Docker, another agent, an empty cache');
  const { container, agent, teller } = await start(second, 'agent-b.log');
  const status = await ended(second.docker, container, () => teller.tellNew());
  await agent.until(
    'end of the job',
    ({ type }) => type === 'job.exited',
    30_000,
    () => teller.tellNew(),
  );
  timeline.tell('note', `the container ended with status ${status}; in its log:`);
  for (const said of await saidIn(second.docker, container)) timeline.tell('note', said);
  await second.docker.docker(['cp', `${container}:/results/.`, results]);
  const undisturbed = await plain;
  console.log(`\n${timeline.strip()}\n`);
  const same = compareOutputs(join(folder, 'undisturbed'), undisturbed.digests, await digestOutputs(results, victim.outputs));
  const from = agent.events.find(({ type }) => type === 'job.resumed')?.['snapshot'];
  return [
    ...lost.problems,
    ...(status === 0 ? [] : [`the container ended with status ${status}, not 0`]),
    ...(from === lost.newestSnapshot ? [] : [`it was resumed from snapshot ${String(from)}, not from ${lost.newestSnapshot}`]),
    ...(same ? [] : ['the outputs differ']),
  ];
}

await runDemo({ options: dockerDemoOptions, needsRoot: 'Docker, CRIU and mounting do', play });
