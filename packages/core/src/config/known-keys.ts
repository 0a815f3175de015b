import leven from 'leven';
import * as z from 'zod';

/** The keys that an object of the schema may have at a path inside the document; none where the path leads elsewhere. Pure. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [first, ...rest] = path;
  const object = unwrap(schema);
  if (!(object instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, unknown>> = object.shape;
  if (first === undefined) return Object.keys(shape);
  const next = shape[String(first)];
  return next instanceof z.ZodType ? knownKeys(next, rest) : [];
}

/** The known key that was probably meant: at most a third of its letters differ. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  const byDistance = known.map((candidate) => ({ candidate, distance: leven(key.toLowerCase(), candidate.toLowerCase()) }));
  const nearest = byDistance.toSorted((a, b) => a.distance - b.distance)[0];
  return nearest !== undefined && nearest.distance <= Math.max(2, nearest.candidate.length / 3) ? nearest.candidate : undefined;
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) return unwrap(schema.unwrap());
  return schema;
}
