import protobuf from 'protobufjs/light.js';

/** The few of CRIU's messages that Holdfast looks into, by CRIU's own field numbers. */
const root = protobuf.Root.fromJSON({
  nested: {
    PagemapHead: { fields: { pagesId: { type: 'uint32', id: 1 } } },
    PagemapEntry: {
      fields: {
        vaddr: { type: 'uint64', id: 1 },
        /** Up to CRIU 4.1; still written by later ones where it fits. */
        compatPageCount: { type: 'uint32', id: 2 },
        inParent: { type: 'bool', id: 3 },
        flags: { type: 'uint32', id: 4 },
        pageCount: { type: 'uint64', id: 5 },
      },
    },
    DumpStats: {
      fields: {
        freezingTime: { type: 'uint32', id: 1 },
        frozenTime: { type: 'uint32', id: 2 },
        memdumpTime: { type: 'uint32', id: 3 },
        memwriteTime: { type: 'uint32', id: 4 },
        pagesScanned: { type: 'uint64', id: 5 },
        pagesWritten: { type: 'uint64', id: 7 },
      },
    },
    Stats: { fields: { dump: { type: 'DumpStats', id: 1 } } },
  },
});

export const PagemapHead: protobuf.Type = root.lookupType('PagemapHead');
export const PagemapEntry: protobuf.Type = root.lookupType('PagemapEntry');
export const Stats: protobuf.Type = root.lookupType('Stats');
