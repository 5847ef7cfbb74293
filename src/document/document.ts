import type { z } from 'zod';
import { quote } from './describeValue.js';
import { faultAt, faultText } from './faultAt.js';
import { documentKinds, isDocumentKind } from './kinds.js';
import type { DocumentKind } from './kinds.js';
import { findFaults } from './schemaFaults.js';
import { didYouMean } from './suggest.js';
import { UserError } from './userError.js';
import type { YamlDocument } from './yamlDocument.js';

export { faultAt } from './faultAt.js';
export { readDocument } from './yamlDocument.js';
export type { YamlDocument, YamlPath } from './yamlDocument.js';

/**
 * The document's data in the form that the schema gives it.
 *
 * @throws UserError at the first fault in the order of the file; it says how many more there are
 */
export function parseDocument<T>(document: YamlDocument, schema: z.ZodType<T>): T {
  const result = findFaults(schema, document.data);
  if (result.faults === undefined) return result.value;
  const placed = result.faults.map((fault) => ({ fault, location: document.locate(fault.path, fault.at) }));
  placed.sort(
    (a, b) =>
      (a.location.line ?? 0) - (b.location.line ?? 0) || (a.location.column ?? 0) - (b.location.column ?? 0),
  );
  const [first, ...more] = placed;
  if (first === undefined) throw new Error(`${document.file}: refused without a reason`);
  const also = more.length > 0 ? ` (and ${more.length} more)` : '';
  throw new UserError(`${faultText(first.fault)}${also}`, first.location);
}

/**
 * Checks the top key `kind`.
 *
 * @throws UserError when it is missing, unknown or another one
 */
export function expectKind(document: YamlDocument, kind: DocumentKind): void {
  if (document.kind === kind) return;
  const { data } = document;
  const given = typeof data === 'object' && data !== null && 'kind' in data ? data.kind : undefined;
  if (given === undefined || given === null) {
    throw faultAt(document, [], `expected a file with the top key "kind: ${kind}", got none`);
  }
  const found = typeof given === 'string' ? quote(given) : 'something else';
  if (isDocumentKind(given)) {
    throw faultAt(document, ['kind'], `expected "${kind}", got ${found}: a file of another kind`);
  }
  const hint = typeof given === 'string' ? didYouMean(given, documentKinds) : '';
  const known = `the kinds are ${documentKinds.join(', ')}`;
  throw faultAt(
    document,
    ['kind'],
    `expected "${kind}", got ${found}; ${hint === '' ? '' : `${hint} `}${known}`,
  );
}
