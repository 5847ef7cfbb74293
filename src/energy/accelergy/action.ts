import { z } from 'zod';
import { describeValue, quote } from '../../document/describeValue.js';
import { text } from '../../document/words.js';

type ArgumentValue = string | number | boolean | null;

/** What tells actions of one name apart, such as `{ address_delta: 1, data_delta: 0 }`; empty where nothing does. */
export type ActionArguments = Readonly<Record<string, ArgumentValue>>;

export const actionName = text('name of an action');

const valueError = ({ input }: { readonly input?: unknown }): string =>
  `expected number, text, true or false, got ${describeValue(input)}`;

/** Both an absent and an empty mapping say that there are none. */
export const argumentsSchema = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()], { error: valueError }))
  .nullish()
  .transform((given): ActionArguments => given ?? {});

/** `read` or `read (address_delta: 1, data_delta: 0)`, as messages name an action. */
export function describeAction(name: string, given: ActionArguments): string {
  const parts = Object.entries(given).map(([key, value]) => `${key}: ${String(value)}`);
  return parts.length === 0 ? quote(name) : `${quote(name)} (${parts.join(', ')})`;
}

/** The same for equal names and arguments, in whatever order these are written. */
export function actionKey(name: string, given: ActionArguments): string {
  return JSON.stringify([name, Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
