import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { quote } from './describeValue.js';
import { faultAt } from './document.js';
import type { YamlDocument, YamlPath } from './document.js';
import { kindFolders } from './kinds.js';
import type { DocumentKind } from './kinds.js';
import { packageRoot } from './package.js';
import { didYouMean } from './suggest.js';
import { displayPath, UserError } from './userError.js';

/** A file that can be referred to by its name alone. */
export interface LibraryEntry {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  /** `own`: in `configs/` of the working directory; `shipped`: in that of this package. */
  readonly origin: 'own' | 'shipped';
}

/**
 * The file that a reference means. A reference with a slash or the ending .yaml or .yml is a path, relative to the
 * referring file. A bare name is looked for beside the referring file, then in the kind's folder next to that file's,
 * then in `configs/` of the working directory, then in that of this package; files of another kind are passed over.
 *
 * @param fromFile the referring file; without one, paths are relative to the working directory
 * @returns an absolute path
 * @throws UserError when there is none, with the names that are known
 */
export async function resolveReference(
  reference: string,
  kind: DocumentKind,
  fromFile?: string,
): Promise<string> {
  const base = fromFile === undefined ? process.cwd() : dirname(resolve(fromFile));
  if (/[/\\]|\.ya?ml$/i.test(reference)) return resolvePath(reference, kind, base);

  const name = reference.trim();
  const folders = foldersFor(kind, fromFile === undefined ? undefined : base);
  for (const folder of folders) {
    for (const ending of ['.yaml', '.yml']) {
      const file = join(folder, `${name}${ending}`);
      if (name !== '' && (await isOfKind(file, kind))) return file;
    }
  }
  const lists = await Promise.all(folders.map((folder) => namesIn(folder, kind)));
  const known = [...new Set(lists.flat())].sort();
  const hint = didYouMean(name, known);
  const list = known.length === 0 ? 'none is known' : `known: ${known.join(', ')}`;
  throw new UserError(
    `expected name or path of ${phrase(kind)}, got ${quote(reference)}; ${hint === '' ? '' : `${hint} `}${list}`,
  );
}

/**
 * As `resolveReference`, for the reference that stands at `path` of a document.
 *
 * @throws UserError that points at it
 */
export async function resolveReferenceAt(
  document: YamlDocument,
  path: YamlPath,
  reference: string,
  kind: DocumentKind,
): Promise<string> {
  try {
    return await resolveReference(reference, kind, document.file);
  } catch (error) {
    if (error instanceof UserError && error.location === undefined)
      throw faultAt(document, path, error.message);
    throw error;
  }
}

/** What can be referred to by name from the working directory; own files hide shipped ones of the same name. */
export async function listLibrary(kind: DocumentKind): Promise<LibraryEntry[]> {
  const entries = new Map<string, LibraryEntry>();
  for (const [origin, root] of [
    ['shipped', packageRoot()],
    ['own', process.cwd()],
  ] as const) {
    if (origin === 'own' && root === packageRoot()) continue;
    const folder = join(root, 'configs', kindFolders[kind]);
    for (const name of await namesIn(folder, kind)) {
      const file = (await isOfKind(join(folder, `${name}.yaml`), kind)) ? `${name}.yaml` : `${name}.yml`;
      entries.set(name, { name, file: join(folder, file), origin });
    }
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function foldersFor(kind: DocumentKind, base: string | undefined): string[] {
  const folder = kindFolders[kind];
  const near = base === undefined ? [] : [base, resolve(base, '..', folder)];
  return [
    ...new Set([...near, resolve(process.cwd(), 'configs', folder), join(packageRoot(), 'configs', folder)]),
  ];
}

async function resolvePath(reference: string, kind: DocumentKind, base: string): Promise<string> {
  const file = resolve(base, reference);
  if (await isFile(file)) return file;
  const folder = dirname(file);
  const near = didYouMean(file.slice(folder.length + 1), await yamlFilesIn(folder));
  const hint = near === '' ? '' : `; ${near}`;
  throw new UserError(
    `expected path of ${phrase(kind)}, got ${quote(reference)}: there is no file ${displayPath(file)}${hint}`,
  );
}

function phrase(kind: DocumentKind): string {
  return /^[aeiou]/.test(kind) ? `an ${kind} file` : `a ${kind} file`;
}

async function yamlFilesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch {
    return [];
  }
}

async function namesIn(folder: string, kind: DocumentKind): Promise<string[]> {
  const names: string[] = [];
  for (const name of await yamlFilesIn(folder)) {
    if (await isOfKind(join(folder, name), kind)) names.push(name.replace(/\.ya?ml$/, ''));
  }
  return names;
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Long enough for a leading comment; the key `kind` stands at the top of a file. */
const peekBytes = 4096;

/** Whether a file is there and, as far as its first lines tell, of the kind. */
async function isOfKind(file: string, kind: DocumentKind): Promise<boolean> {
  if (!(await isFile(file))) return false;
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(peekBytes), 0, peekBytes, 0);
      const found = /^kind:[ \t]*["']?([\w-]+)/m.exec(buffer.toString('utf8', 0, bytesRead))?.[1];
      return found === undefined || found === kind;
    } finally {
      await handle.close();
    }
  } catch {
    // Unreadable: reading it in earnest says why.
    return true;
  }
}
