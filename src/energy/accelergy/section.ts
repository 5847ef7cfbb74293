import { z } from 'zod';
import { describeValue, quote } from '../../document/describeValue.js';
import { faultAt, readDocument } from '../../document/document.js';
import type { YamlDocument, YamlPath } from '../../document/document.js';
import { UserError } from '../../document/userError.js';
import { text } from '../../document/words.js';
import { parseComponentName } from './componentName.js';

const versions = ['0.2', '0.3', '0.4'] as const;

/** The newest version of Accelergy's files, which Accelergy 0.4 writes. */
export const newestVersion = '0.4';

const versionError = ({ input }: { readonly input?: unknown }): string =>
  `expected version of Accelergy's files, one of ${versions.join(', ')}, got ${describeValue(input)}`;

/** Up to 0.3 Accelergy writes a number, then a text. */
export const versionSchema = z
  .union([z.number(), z.string()], { error: versionError })
  .transform(String)
  .pipe(z.enum(versions, { error: versionError }));

export const componentName = text('name of a component').superRefine((name, context) => {
  try {
    parseComponentName(name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** A finite number from zero. */
export function nonNegative(what: string) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `expected ${what}, got ${describeValue(input)}`;
  return z.number({ error }).min(0, { error });
}

/**
 * Reads a YAML file that Accelergy tells by a top key of its own, such as `ERT`, where this project's have a `kind`.
 *
 * @throws UserError when it is no YAML, or has another top key
 */
export async function readSection(path: string, key: string): Promise<YamlDocument> {
  const document = await readDocument(path);
  const { data } = document;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw faultAt(
      document,
      [],
      `expected a mapping with the top key ${quote(key)}, got ${describeValue(data)}`,
    );
  }
  if (Object.hasOwn(data, key)) return document;
  const found = Object.keys(data).slice(0, 5).map(quote).join(', ');
  throw faultAt(document, [], `expected the top key ${quote(key)}, got ${found === '' ? 'none' : found}`);
}

/** Notes what has been seen, and refuses to see it again. */
export function once(document: YamlDocument): (key: string, name: string, path: YamlPath) => void {
  const seen = new Set<string>();
  return (key, name, path) => {
    if (seen.has(key)) throw faultAt(document, path, `expected each once, got ${name} again`);
    seen.add(key);
  };
}
