import { expect, it } from 'vitest';
import { parseClusterNodes, primaryOfSlot } from '../../src/servers/cluster-nodes.js';

const answer = `07c3 127.0.0.1:30004@31004,host slave e7d1 0 1426238317239 4 connected
67ed 127.0.0.1:30002@31002 master - 0 1426238316232 2 connected 5461-10922 [93-<-292f]
292f 127.0.0.1:30003@31003 master,fail - 0 1426238318243 3 disconnected 10923-16383
e7d1 127.0.0.1:30001@31001 myself,master - 0 0 1 connected 0-5459 5460
`;

it('finds the living primary of a slot, and none where it is lost', () => {
  const nodes = parseClusterNodes(answer);
  expect(nodes.map(({ port }) => port)).toEqual([30_004, 30_002, 30_001]);
  expect([0, 5459, 5460, 5461, 10_922].map((slot) => primaryOfSlot(nodes, slot)?.port)).toEqual([30_001, 30_001, 30_001, 30_002, 30_002]);
  expect(primaryOfSlot(nodes, 10_923)).toBeUndefined();
});
