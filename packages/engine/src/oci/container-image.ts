import { z } from 'zod';

/** What a container was made of, as its node's Docker knows it. */
export interface ContainerImage {
  readonly id: string;
  /** Digests of the content of its layers, the lowest first. */
  readonly layers: readonly string[];
}

export const containerImageSchema: z.ZodType<ContainerImage> = z.object({ id: z.string(), layers: z.array(z.string()).min(1) });

/**
 * True where both have the same files. By their layers: an image that was built or imported once more of the same files has another id, and a resumed process has its
 * environment and its command with it. Pure.
 */
export function isSameImage(one: ContainerImage, other: ContainerImage): boolean {
  return one.id === other.id || (one.layers.length === other.layers.length && one.layers.every((layer, number) => layer === other.layers[number]));
}
