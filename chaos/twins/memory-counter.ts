import { type Victim, victimNamed } from '@holdfast/testkit/victims';

const mib = 48;

/** The counter with so much memory that a twin of it is read for a while, and that a lazy resume of it has pages to wait for. */
export const memoryCounter: Victim = {
  ...victimNamed('counter'),
  name: 'memory-counter',
  about: 'as counter, with memory of which each page says when it was written',
  async prepare(directory, options) {
    const { command, outputs } = await victimNamed('counter').prepare(directory, options);
    return { command: [...command, String(mib)], outputs };
  },
};
