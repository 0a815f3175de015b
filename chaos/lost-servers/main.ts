// script/chaos --lost-servers: catalogs whose server is killed while it commits. docs/chaos.md says what must hold.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ArenaKind, arenaKinds, isArenaKind, missingArena, startArena } from '../races/catalogs/start-arena.ts';
import { runLosses } from './campaign.ts';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', multiple: true, default: [...arenaKinds] },
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const say = (line: string): void => (values.json ? console.error(line) : console.log(line));

try {
  say(`seed ${seed}`);
  // Side by side: most of the time they wait for a server to start.
  const statuses = await Promise.all(values.kind.map(campaign));
  process.exitCode = Math.max(0, ...statuses);
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

/** Each kind plays all rounds. */
async function campaign(name: string, place: number): Promise<number> {
  const kind = parseKind(name);
  const missing = missingArena(kind);
  if (missing !== undefined) {
    say(`left out: ${kind}: ${missing}`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-losses-'));
  try {
    await using arena = await startArena(kind, folder);
    const tally = await runLosses({ folder, arena, rounds, seed: seed + place, onRound: say });
    if (values.json) console.log(JSON.stringify(tally));
    else
      console.log(
        `${kind}: ${tally.rounds} losses, ${tally.unanswered} calls without an answer: ${tally.problems.length === 0 ? 'nothing lost' : 'WRONG'}`,
      );
    return tally.problems.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parseKind(name: string): ArenaKind {
  if (!isArenaKind(name)) throw new Error(`--kind takes ${arenaKinds.join(', ')}; '${name}' is none of them`);
  return name;
}
