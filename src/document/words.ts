import { z } from 'zod';
import { describeValue } from './describeValue.js';

/** Text that is not empty; `what` says in messages what it stands for. */
export function text(what: string) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `expected ${what}, got ${describeValue(input)}`;
  return z.string({ error }).trim().min(1, { error });
}

/** A name that is safe in file names, CSV cells and as a key: letters, digits, ".", "_" and "-". */
export function safeName(what: string) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `expected ${what} of letters, digits, ".", "_" and "-" (at most 64, the first a letter or digit), ` +
    `got ${describeValue(input)}`;
  return z.string({ error }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error });
}
