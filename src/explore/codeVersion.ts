import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageVersion } from '../document/package.js';
import { sha256 } from './canonicalJson.js';

/** Folders of src/ on which no mapping depends. */
const notSearching = ['cli', 'reference', 'report'];

let known: string | undefined;

/**
 * What has to be the same for a search to find the same: the package's version, Node's (its logarithms and powers price buffers), and
 * the code itself. So no number has to be raised by hand when the search or the machine changes.
 */
export function codeVersion(): string {
  const root = fileURLToPath(new URL('..', import.meta.url));
  return (known ??= `${packageVersion()} ${process.version} ${digestOfModules(root)}`);
}

/** SHA-256 of the modules below a folder, names and contents. */
export function digestOfModules(root: string): string {
  const modules = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js') && !notSearching.includes(file.split(sep)[0]))
    .sort();
  return sha256(modules.map((file) => `${file} ${sha256(readFileSync(join(root, file)))}\n`).join(''));
}
