import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointReader } from '@holdfast/core';
import { planLazy, type LazyPlan } from '../images/lazy-plan.js';
import { writeLazyImages } from '../images/lazy-images.js';
import { RebuiltImages } from '../images/rebuilt-images.js';
import { isLazyReader, type LazyReader } from '../lazy/lazy-reader.js';
import { reservationObstacle } from '../preflight/reservations.js';
import { lazyObstacle } from '../preflight/userfaultfd.js';
import type { KeptPlace } from './kept-images.js';
import type { ResumeMode } from './types.js';

export interface MemoryRequest {
  readonly reader: CheckpointReader;
  readonly mode: ResumeMode;
  /** The program that would bring what comes later; undefined where a container of somebody else's is restored. */
  readonly pager: string | undefined;
  /** Whether words of the memory are to be changed, which needs all of it. */
  readonly rewrites: boolean;
  readonly memoryBytes: number;
  /** The folder's name below the place that is found for it. */
  readonly name: string;
  readonly imagesPlace: (memoryBytes: number) => Promise<KeptPlace>;
  readonly onProgress: (bytes: number, totalBytes: number) => void;
  readonly signal: AbortSignal;
}

export interface BroughtMemory {
  readonly images: KeptPlace;
  /** Of what is there before the job runs. */
  readonly bytes: number;
  /** What comes later, and who brings it. */
  readonly lazy: { readonly plan: LazyPlan; readonly reader: LazyReader } | undefined;
  /** Why a resume that was to be lazy is not. */
  readonly eagerReason: string | undefined;
}

/** Below this much memory that may come later, `auto` brings all of it first: that takes no longer than to set up the rest. */
const worthwhileBytes = 256 * 1024 ** 2;

/** Rebuilds the images that CRIU needs, and decides whether the rest of the memory comes later. */
export async function bringMemory(request: MemoryRequest): Promise<BroughtMemory> {
  const { reader, mode, signal } = request;
  if (mode === 'eager') return await bringAll(request, undefined);
  if (request.pager === undefined) return await bringAll(request, 'a container of Docker has all of it before it runs');
  if (!isLazyReader(reader)) return await bringAll(request, 'the repository gives no pages by themselves');
  if (request.rewrites) return await bringAll(request, 'words of its memory are changed first');
  const obstacle = await lazyObstacle(request.pager);
  if (obstacle !== undefined) return await bringAll(request, obstacle);
  const plan = await planLazy(reader, { signal });
  if (plan.lazyBytes === 0) return await bringAll(request, 'none of its memory can come later');
  if (mode === 'auto' && plan.lazyBytes < worthwhileBytes) return await bringAll(request, undefined);
  const tooMuch = await reservationObstacle(reader, undefined, { signal });
  if (tooMuch !== undefined) return await bringAll(request, tooMuch);
  const images = await placeFor(request, plan.eagerBytes);
  await reader.assertPresent({ signal });
  const onProgress = (bytes: number): void => request.onProgress(bytes, plan.eagerBytes);
  await writeLazyImages(reader, plan, join(images.folder, 'images'), { signal, onProgress });
  return { images, bytes: plan.eagerBytes, lazy: { plan, reader }, eagerReason: undefined };
}

async function bringAll(request: MemoryRequest, eagerReason: string | undefined): Promise<BroughtMemory> {
  const { reader, memoryBytes, signal } = request;
  const images = await placeFor(request, memoryBytes);
  const onProgress = (bytes: number): void => request.onProgress(bytes, memoryBytes);
  await new RebuiltImages(join(images.folder, 'images')).write(reader, { signal, onProgress });
  return { images, bytes: memoryBytes, lazy: undefined, eagerReason };
}

async function placeFor({ imagesPlace, name }: MemoryRequest, bytes: number): Promise<KeptPlace> {
  const place = await imagesPlace(bytes);
  const folder = join(place.folder, name);
  await rm(folder, { recursive: true, force: true });
  return { ...place, folder };
}
