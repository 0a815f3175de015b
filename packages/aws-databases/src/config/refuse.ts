import * as z from 'zod';

/** Settings that are right by themselves and wrong together. */
export function refuse(context: z.RefinementCtx, { message, hint }: { readonly message: string; readonly hint: string }): never {
  context.issues.push({ code: 'custom', input: undefined, message, params: { hint } });
  return z.NEVER;
}
