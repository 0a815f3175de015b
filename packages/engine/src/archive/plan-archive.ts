import { type CheckpointObject, type CheckpointReader, HoldfastError } from '@holdfast/core';
import { fileKey, treeKey } from '../files/object-key.js';
import { contentKeys } from '../files/restore-content.js';
import type { TreeEntry } from '../files/tree-entry.js';
import { parseWantedTree } from '../files/wanted-tree.js';
import { damaged } from '../images/image-file.js';
import { assertImageName } from '../images/image-names.js';
import { imageKey, imageName } from '../images/memory-keys.js';
import { decodePagemap, isPagemapName } from '../images/pagemap.js';
import { pagesName } from '../images/pages-images.js';
import { pairMemory, readMemoryTable } from '../images/paired-memory.js';
import { memberNameLimitBytes, memberNames, numbered } from './archive-format.js';
import type { ArchivedObject } from './archive-manifest.js';

/** One member of the part that follows the manifest. */
export type PlannedMember =
  /** An object's pages under a name of CRIU's or of Holdfast's own. */
  | { readonly kind: 'object'; readonly object: ArchivedObject }
  /** A pages image without a page, which CRIU wants to be there. */
  | { readonly kind: 'empty'; readonly name: string }
  /** A tracked file. `object`: its content; `linkOf`: the entry whose content it shares. */
  | {
      readonly kind: 'file';
      readonly rootId: string;
      readonly entry: TreeEntry;
      readonly number: number;
      readonly object: ArchivedObject | undefined;
      readonly linkOf: { readonly rootId: string; readonly path: string } | undefined;
    };

export interface ArchivePlan {
  readonly members: readonly PlannedMember[];
  /** Of the members that have one, in their order. */
  readonly objects: readonly ArchivedObject[];
  readonly memoryPages: number;
}

/** Decides which member holds which object. Rejects with kind `corrupt` where the snapshot's parts do not belong together. */
export async function planArchive(reader: CheckpointReader, rootIds: readonly string[], signal: AbortSignal | undefined): Promise<ArchivePlan> {
  const rest = new Map(reader.objects.map((object) => [object.key, object]));
  const take = (key: string): CheckpointObject | undefined => {
    const object = rest.get(key);
    rest.delete(key);
    return object;
  };
  const images = await planImages(reader, take, signal);
  const files = await planFiles(reader, rootIds, take, signal);
  const others = [...rest.values()].map((object, number) => asObject(object, numbered(memberNames.objects, number)));
  const members = [...others, ...images, ...files];
  const objects = members.flatMap((member) => (member.kind === 'empty' || member.object === undefined ? [] : [member.object]));
  const memory = objects.filter(({ kind }) => kind === 'memory').flatMap(({ runs }) => runs);
  return { members, objects, memoryPages: memory.reduce((sum, { pageCount }) => sum + pageCount, 0) };
}

type Take = (key: string) => CheckpointObject | undefined;

async function planImages(reader: CheckpointReader, take: Take, signal: AbortSignal | undefined): Promise<readonly PlannedMember[]> {
  const names = reader.objects.map(({ key }) => imageName(key)).filter((name) => name !== undefined);
  const members: PlannedMember[] = [];
  const taken = new Set(names.map(imageMember));
  for (const name of names) {
    const object = take(imageKey(name));
    if (object !== undefined) members.push(asObject(object, imageMember(name)));
  }
  const maps = await Promise.all(
    names.filter(isPagemapName).map(async (name) => ({ name, ...decodePagemap(await reader.read(imageKey(name), { signal }), name) })),
  );
  const keys = pairMemory(maps, reader.objects, await readMemoryTable(reader, { signal }));
  // In the order in which they were stored: what another one is like comes first.
  const order = new Map(reader.objects.map(({ key }, at) => [key, at]));
  const placeOf = ({ name }: { readonly name: string }): number => order.get(keys.get(name) ?? '') ?? -1;
  for (const map of maps.toSorted((one, other) => placeOf(one) - placeOf(other))) {
    const member = imageMember(pagesName(map));
    if (taken.has(member)) throw damaged(map.name, `${member} is somebody else's`);
    taken.add(member);
    const memory = take(keys.get(map.name) ?? '');
    members.push(memory === undefined ? { kind: 'empty', name: member } : asObject(memory, member));
  }
  return members;
}

function imageMember(name: string): string {
  const member = `${memberNames.images}${assertImageName(name)}`;
  if (member.length > memberNameLimitBytes) throw damaged(name, 'its name is longer than any that CRIU gives');
  return member;
}

async function planFiles(
  reader: CheckpointReader,
  rootIds: readonly string[],
  take: Take,
  signal: AbortSignal | undefined,
): Promise<readonly PlannedMember[]> {
  const trees = await Promise.all(rootIds.map(async (id) => parseWantedTree(await reader.read(treeKey(id), { signal }), id).entries));
  const keys = contentKeys({ reader, roots: rootIds.map((id) => ({ id })) }, trees);
  const owners = new Map<string, { readonly rootId: string; readonly path: string }>();
  let number = 0;
  return trees.flatMap((entries, index) => {
    const rootId = rootIds[index] ?? '';
    return [...entries.values()].map((entry): PlannedMember => {
      number += 1;
      const member = { kind: 'file', rootId, entry, number, object: undefined, linkOf: undefined } as const;
      const key = keys.get(entry);
      if (key === undefined) return member;
      const owner = owners.get(key);
      if (owner !== undefined) return { ...member, linkOf: owner };
      const object = take(key);
      if (object === undefined) throw contentTaken(rootId, entry.path);
      owners.set(key, { rootId, path: entry.path });
      return { ...member, object: asObject(object, numbered(memberNames.content, number)).object };
    });
  });
}

function asObject({ key, kind, sizeBytes, runs }: CheckpointObject, member: string): Extract<PlannedMember, { kind: 'object' }> {
  return { kind: 'object', object: { key, kind, sizeBytes, runs, member } };
}

function contentTaken(rootId: string, path: string): HoldfastError {
  return new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `the content of ${JSON.stringify(fileKey(rootId, path))} belongs to something else, too`,
    kind: 'corrupt',
    operation: 'export',
  });
}
