import { z } from 'zod';
import { describeValue, quote } from './describeValue.js';
import { didYouMean, nearestOf } from './suggest.js';

type Path = ReadonlyArray<string | number>;
type Issue = z.core.$ZodIssue;

/** One thing that is wrong with a document's data. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
  /** Whether the key or its value is to be pointed at. */
  readonly at: 'key' | 'value';
  /** The key that the path's mapping lacks. */
  readonly missing?: string;
  /** What the unknown key at the end of the path was probably meant to be. */
  readonly meant?: string;
}

export type Checked<T> =
  { readonly value: T; readonly faults?: undefined } | { readonly faults: readonly Fault[] };

/** Marks unions whose author gave no message of their own. */
const unionMessage = 'no option of the union fits';

/** Runs the schema and puts what it objects to into the words of this project's messages. */
export function findFaults<T>(schema: z.ZodType<T>, data: unknown): Checked<T> {
  const result = schema.safeParse(data, { error: (issue) => messageOf(issue) });
  if (result.success) return { value: result.data };
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, [], data));
  const typos = new Set(
    faults.flatMap(({ path, meant }) => (meant === undefined ? [] : [keyName(path.slice(0, -1), meant)])),
  );
  const seen = new Set<string>();
  return {
    faults: faults.filter(({ path, message, missing }) => {
      // A misspelt key is reported once, as the misspelling, not again as a missing key.
      if (missing !== undefined && typos.has(keyName(path, missing))) return false;
      const name = keyName(path, message);
      if (seen.has(name)) return false;
      seen.add(name);
      return true;
    }),
  };
}

function keyName(path: Path, key: string): string {
  return JSON.stringify([...path, key]);
}

function messageOf(issue: z.core.$ZodRawIssue): string {
  // The keys that are allowed are known here only; `faultsOf` makes the message from them, key by key.
  if (issue.code === 'unrecognized_keys') return keysOf(issue.inst).join(', ');
  if (issue.code === 'invalid_union') return unionMessage;
  return `expected ${expectationOf(issue)}, got ${describeValue(issue.input)}`;
}

function keysOf(schema: unknown): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function expectationOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const keys = keysOf(issue.inst);
      return keys.length === 0
        ? typeWord(issue.expected)
        : `mapping with the ${keys.length === 1 ? 'key' : 'keys'} ${keys.join(', ')}`;
    }
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return sizeWords(
        issue.origin,
        Number(issue.minimum),
        issue.inclusive === false ? 'more than' : 'at least',
      );
    case 'too_big':
      return sizeWords(
        issue.origin,
        Number(issue.maximum),
        issue.inclusive === false ? 'less than' : 'at most',
      );
    case 'not_multiple_of':
      return `multiple of ${issue.divisor}`;
    case 'invalid_key':
      return 'valid key';
    default:
      return 'valid value';
  }
}

function typeWord(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    int: 'integer',
    boolean: 'true or false',
    array: 'list',
    object: 'mapping',
    record: 'mapping',
    tuple: 'list',
    null: 'nothing',
  };
  return words[expected] ?? expected;
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => (typeof value === 'string' ? quote(value) : String(value)));
  return shown.length === 1 ? String(shown[0]) : `one of ${shown.join(', ')}`;
}

function sizeWords(origin: string, bound: number, relation: string): string {
  if (origin === 'string') return bound === 1 ? 'non-empty text' : `text of ${relation} ${bound} characters`;
  if (origin === 'array') return `list of ${relation} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return `number of ${relation} ${bound}`;
}

/** @param elsewhere the keys that each other option of the union around the issue refuses */
function faultsOf(
  issue: Issue,
  prefix: Path,
  data: unknown,
  elsewhere: ReadonlyArray<readonly string[]> = [],
): Fault[] {
  const path = [...prefix, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const isKnownElsewhere = elsewhere.some((refused) => !refused.includes(key));
      return unknownKey(path, key, issue.message, isKnownElsewhere);
    });

  if (issue.code === 'invalid_union' && issue.message === unionMessage) {
    const fitting = issue.errors.filter((option) => !option.some(isOfAnotherShape));
    const best = fitting.sort(
      (a, b) => refusedKeys(a).length - refusedKeys(b).length || a.length - b.length,
    )[0];
    if (best !== undefined) {
      const elsewhere = fitting.filter((option) => option !== best).map(refusedKeys);
      return best.flatMap((nested) => faultsOf(nested, path, data, elsewhere));
    }
  }
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? issue.message;
    return [{ path, message, at: 'key' }];
  }

  const { found, isMissing } = lookUp(data, path);
  const expectation = expectationIn(issue);
  const key = path.at(-1);
  if (isMissing && key !== undefined) {
    const missing = String(key);
    const wanted = expectation === undefined ? '' : `; expected ${expectation}`;
    return [{ path: path.slice(0, -1), message: `missing key "${missing}"${wanted}`, at: 'value', missing }];
  }
  const message =
    issue.code === 'invalid_union' && issue.message === unionMessage
      ? `expected ${expectation}, got ${describeValue(found)}`
      : issue.message;
  return [{ path, message: `${message}${suggestion(issue, found)}`, at: 'value' }];
}

function unknownKey(path: Path, key: string, allowed: string, isKnownElsewhere: boolean): Fault {
  const keys = allowed === '' ? [] : allowed.split(', ');
  const meant = nearestOf(key, keys);
  const hint = didYouMean(key, keys);
  const list =
    keys.length === 0 ? '' : `${keys.length === 1 ? 'the key here is' : 'the keys here are'} ${allowed}`;
  const problem = isKnownElsewhere ? 'does not go with the other keys' : 'unknown key';
  const message = [problem, [hint, list].filter((part) => part !== '').join(' ')]
    .filter((part) => part !== '')
    .join('; ');
  return { path: [...path, key], message, at: 'key', ...(meant !== undefined && { meant }) };
}

/** The option of a union was not meant at all: the value is a text where it wants a mapping, or another word. */
function isOfAnotherShape(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((option) => option.some(isOfAnotherShape));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function refusedKeys(option: readonly Issue[]): string[] {
  return option.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
}

/** What stands between "expected" and "got" in the message of an issue, or of the options of a union. */
function expectationIn(issue: Issue): string | undefined {
  if (issue.code === 'invalid_union' && issue.message === unionMessage) {
    if (issue.errors.length === 0) return 'options' in issue ? oneOf(optionsOf(issue.options)) : undefined;
    const parts = issue.errors.flatMap((option) => option.slice(0, 1).map(expectationIn));
    return [...new Set(parts.filter((part) => part !== undefined))].join(' or ');
  }
  return /^expected (.*?)(?:, got .*)?$/s.exec(issue.message)?.[1];
}

function optionsOf(options: unknown): readonly unknown[] {
  return Array.isArray(options) ? options : [];
}

/** `; did you mean "wasm"?` where one of several words was expected. */
function suggestion(issue: Issue, found: unknown): string {
  if (typeof found !== 'string') return '';
  const hint = didYouMean(found, wordsOf(issue));
  return hint === '' ? '' : `; ${hint}`;
}

function wordsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.filter((value) => typeof value === 'string');
  if (issue.code !== 'invalid_union') return [];
  const options = 'options' in issue ? optionsOf(issue.options) : [];
  return [...options.filter((value) => typeof value === 'string'), ...issue.errors.flat().flatMap(wordsOf)];
}

function lookUp(data: unknown, path: Path): { found: unknown; isMissing: boolean } {
  let found = data;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) {
      return { found: undefined, isMissing: true };
    }
    found = (found as Record<string | number, unknown>)[step];
  }
  return { found, isMissing: false };
}
