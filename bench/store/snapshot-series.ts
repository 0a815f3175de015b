import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contestant, makePlace } from './contestant.ts';
import { measured } from './measured.ts';
import { repositorySize } from './repository-size.ts';

/** Snapshots of one job, one after the other, in one repository; what they take in packs. */
export class SnapshotSeries implements AsyncDisposable {
  readonly packBytes: number[] = [];
  readonly #contestant: Contestant;
  readonly #measureProgram: string;
  readonly #place: string;

  constructor(contestant: Contestant, measureProgram: string, repositories: string) {
    this.#contestant = contestant;
    this.#measureProgram = measureProgram;
    this.#place = join(repositories, 'series');
  }

  async add(images: string, number: number, previous: string | undefined): Promise<void> {
    const [contestant, place] = [this.#contestant, this.#place];
    const options = { program: this.#measureProgram, scratch: place, environment: contestant.environment(place), sync: undefined };
    if (number === 1) {
      await makePlace(place);
      await measured(contestant.prepare(place), options);
    }
    await measured(contestant.store(place, images, number, previous), options);
    this.packBytes.push((await repositorySize(join(place, 'repository'))).packBytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#place, { recursive: true, force: true });
  }
}
