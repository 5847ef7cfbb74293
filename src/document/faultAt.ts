import { quote } from './describeValue.js';
import type { Fault } from './schemaFaults.js';
import { UserError } from './userError.js';
import type { YamlDocument, YamlPath } from './yamlDocument.js';

/**
 * A fault that was found after the schema had accepted the file, at the key or entry that it concerns.
 *
 * @param message what was expected and what was found, such as `expected a layer of the network, got "conv9"`
 */
export function faultAt(document: YamlDocument, path: YamlPath, message: string): UserError {
  return new UserError(faultText({ path, message }), document.locate(path));
}

/** `entries[2].energy: expected ...` */
export function faultText({ path, message }: Pick<Fault, 'path' | 'message'>): string {
  const name = formatPath(path);
  return name === '' ? message : `${name}: ${message}`;
}

/** `entries[2].energy` */
function formatPath(path: YamlPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = /^[\p{L}\p{N}_-]{1,60}$/u.test(step) ? step : quote(step);
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
