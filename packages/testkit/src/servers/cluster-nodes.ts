export interface ClusterNode {
  readonly port: number;
  readonly primary: boolean;
  /** Ranges of slots, both ends included. */
  readonly slots: readonly (readonly [number, number])[];
}

/** The living nodes of an answer to CLUSTER NODES. */
export function parseClusterNodes(answer: string): ClusterNode[] {
  const lines = answer.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line) => {
    const [, address = '', flags = '', , , , , , ...slots] = line.trim().split(' ');
    const names = flags.split(',');
    const port = Number(/:(\d+)@/.exec(address)?.[1]);
    if (names.some((name) => name === 'fail' || name === 'noaddr' || name === 'handshake')) return [];
    return [{ port, primary: names.includes('master'), slots: slots.filter((slot) => /^\d/.test(slot)).map(rangeOf) }];
  });
}

/** The node that takes writes to a slot. */
export function primaryOfSlot(nodes: readonly ClusterNode[], slot: number): ClusterNode | undefined {
  return nodes.find((node) => node.primary && node.slots.some(([first, last]) => first <= slot && slot <= last));
}

function rangeOf(slots: string): readonly [number, number] {
  const [first = '', last = first] = slots.split('-');
  return [Number(first), Number(last)];
}
