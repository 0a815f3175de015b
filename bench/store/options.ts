import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { chosen } from '../line/chosen.ts';
import { parseCount } from '../line/count.ts';
import { parseSizeMib } from '../line/size.ts';
import { plottedSubjects } from './plot.ts';
import { type Content, contents, defaultShapes, isShape, type Shape, type Subject } from './subject.ts';

export const peerNames = ['holdfast', 'holdfast-encrypted', 'restic', 'borg', 'tar+zstd', 'cp'] as const;

export type PeerName = (typeof peerNames)[number];

export interface StoreBenchOptions {
  readonly subjects: readonly Subject[];
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  readonly json: boolean;
  /** Where the dumps and what is restored of them lie. */
  readonly imagesParent: string;
  /** Where the repositories lie. */
  readonly repositoriesParent: string;
  /** What to plot, and the file for it. */
  readonly plot: { readonly file: string; readonly baseMib: number } | undefined;
  readonly help: boolean;
}

export const help = `Usage: script/bench store [options]
Two dumps of a live job, stored and restored by Holdfast and by what one would take instead.

  --quick               256 MiB, mixed-5 and scattered, compressible, 3 rounds
  --size SIZES          of the job's memory; default 1GiB,4GiB
  --shape SHAPES        what changes between the dumps: mixed-N (N % of the pages, 1 to 89, some in runs, some single),
                        scattered (8 bytes in each of 10 %), growth (10 % allocated anew); default ${defaultShapes.join(',')}
  --content CONTENTS    ${contents.join(', ')}; default both
  --peers PEERS         ${peerNames.join(', ')}; default all
  --rounds N            default 5
  --images FOLDER       for the dumps; default /dev/shm
  --repositories FOLDER default ${tmpdir()}
  --plot FILE           writes an SVG: cost against the size of the job (a quarter of the one --size, default 1GiB, to twice it)
                        and against what changed; measures that in place of --shape and --content
  --json                one object a figure, with every single run

Examples:
  script/bench store --quick
  script/bench store --size 1GiB --shape mixed-5 --content compressible --peers holdfast,cp --rounds 3
  script/bench store --plot docs/benchmarks-store.svg --rounds 3`;

const quickShapes: readonly Shape[] = ['mixed-5', 'scattered'];
const quickContents: readonly Content[] = ['compressible'];

/** Throws an Error with a sentence where a value is none of those that would do. */
export function parseOptions(line: readonly string[]): StoreBenchOptions {
  const { values } = parseArgs({
    args: [...line],
    options: {
      quick: { type: 'boolean', default: false },
      size: { type: 'string' },
      shape: { type: 'string' },
      content: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string' },
      images: { type: 'string', default: '/dev/shm' },
      repositories: { type: 'string', default: tmpdir() },
      plot: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick } = values;
  const sizesMib = values.size?.split(',').map((text) => parseSizeMib('--size', text));
  const plot = values.plot === undefined ? undefined : { file: values.plot, baseMib: sizesMib?.[0] ?? (quick ? 256 : 1024) };
  if (plot !== undefined && (values.shape !== undefined || values.content !== undefined || (sizesMib?.length ?? 0) > 1))
    throw new Error('--plot takes no --shape, no --content and only one --size: it measures what it shows');
  const shapes = values.shape?.split(',').map(parseShape) ?? (quick ? quickShapes : defaultShapes);
  const chosenContents = values.content === undefined && quick ? quickContents : chosen('--content', values.content, contents);
  const product = (sizesMib ?? (quick ? [256] : [1024, 4096])).flatMap((sizeMib) =>
    shapes.flatMap((shape) => chosenContents.map((content): Subject => ({ sizeMib, shape, content }))),
  );
  return {
    subjects: plot === undefined ? product : plottedSubjects(plot.baseMib),
    peers: chosen('--peers', values.peers, peerNames),
    rounds: parseCount('--rounds', values.rounds ?? (quick ? '3' : '5')),
    json: values.json,
    imagesParent: values.images,
    repositoriesParent: values.repositories,
    plot,
    help: values.help,
  };
}

function parseShape(text: string): Shape {
  if (!isShape(text)) throw new Error(`--shape takes scattered, growth and mixed-1 to mixed-89; ${JSON.stringify(text)} is none of them`);
  return text;
}
