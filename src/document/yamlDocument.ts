import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair, YAMLError, YAMLMap } from 'yaml';
import { quote } from './describeValue.js';
import { didYouMean } from './suggest.js';
import { displayPath, oneLine, UserError } from './userError.js';
import type { Location } from './userError.js';
import { findDeepNesting, findYamlFault } from './yamlChecks.js';

/** Keys and indices from the top of a document to a value in it. */
export type YamlPath = ReadonlyArray<string | number>;

export interface YamlDocument {
  /** Absolute. */
  readonly file: string;
  /** The top key `kind`, when it is there and a text. */
  readonly kind: string | undefined;
  /** Plain objects, lists, texts, numbers, booleans and nulls. */
  readonly data: unknown;
  /** Where the value (or the key) of a path stands; for what is not there, the nearest thing around it. */
  locate(path: YamlPath, at?: 'key' | 'value'): Location;
}

const largestBytes = 4 * 1024 * 1024;
/** What all aliases of one anchor may expand to, in nodes: real files stay far below, "alias bombs" far above. */
const maxAliasCount = 100;

/**
 * Reads a YAML file (YAML 1.2, one document of at most 4 MiB).
 *
 * @throws UserError when there is no such file, it cannot be read, is too large, is not YAML, repeats a key,
 *   holds several documents or none, or expands without bounds
 */
export async function readDocument(file: string): Promise<YamlDocument> {
  const absolute = resolve(file);
  const text = await readText(absolute);
  return parseYaml(absolute, text);
}

/** Line and column of an offset, for texts that were not parsed. */
function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** The text of a file, as a `YamlDocument`. */
export function parseYaml(file: string, text: string): YamlDocument {
  const lines = new LineCounter();
  const at = (offset: number): Location => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  const deep = findDeepNesting(text);
  if (deep !== undefined)
    throw new UserError('nested too deeply to be read', { file, ...placeOf(text, deep) });
  let document: Document.Parsed;
  let data: unknown;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: false,
    });
    const [fault] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    if (fault !== undefined) throw new UserError(faultOf(fault), at(fault.pos[0]));
    const other = findYamlFault(document);
    if (other !== undefined) throw new UserError(other.message, at(other.offset));
    data = document.toJS({ maxAliasCount });
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof ReferenceError && /alias/i.test(error.message)) {
      throw new UserError(
        `expected anchors used at most ${maxAliasCount} times (uses within uses multiplied), got more; write the values out`,
        {
          file,
        },
      );
    }
    throw error;
  }
  if (data === null || data === undefined) {
    throw new UserError('expected a YAML mapping, got an empty file', { file });
  }

  const pairs = createPairLookup();
  return {
    file,
    kind: kindOf(data),
    data,
    locate: (path, target = 'value') => {
      const offset = offsetOf(document, pairs, path, target);
      return offset === undefined ? { file, line: 1, column: 1 } : at(offset);
    },
  };
}

async function readText(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    const { size, ...status } = await statusOf(file);
    if (status.isDirectory) throw new UserError('expected a YAML file, got a folder', { file });
    if (!status.isFile)
      throw new UserError('expected a YAML file, got something that is no plain file', { file });
    if (size > largestBytes) {
      throw new UserError(`expected a YAML file of at most 4 MiB, got ${size} bytes`, { file });
    }
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw await unreadable(file, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError('expected a YAML file in UTF-8, got bytes that are no text', { file });
  }
}

async function statusOf(file: string): Promise<{ size: number; isFile: boolean; isDirectory: boolean }> {
  const status = await stat(file);
  return { size: status.size, isFile: status.isFile(), isDirectory: status.isDirectory() };
}

async function unreadable(file: string, error: unknown): Promise<UserError> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return new UserError(`cannot be read (${code})`, { file });
  const folder = dirname(file);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return new UserError(`no such file: there is no folder ${quote(displayPath(folder))}`, { file });
  }
  const yamlNames = names.filter((name) => /\.ya?ml$/.test(name));
  const hint = didYouMean(basename(file), yamlNames);
  return new UserError(hint === '' ? 'no such file' : `no such file; ${hint}`, { file });
}

function kindOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return undefined;
  return typeof data.kind === 'string' ? data.kind : undefined;
}

function faultOf(fault: YAMLError): string {
  if (fault.code === 'MULTIPLE_DOCS') return 'expected one YAML document, got a second one after "---"';
  if (fault.code === 'NON_STRING_KEY') return 'expected a word as key, got a list or mapping';
  return `malformed YAML: ${oneLine(fault.message)}`;
}

type PairLookup = (map: YAMLMap, key: string) => Pair | undefined;

/** Finds pairs by key; a mapping is indexed when first asked of, since each of its keys may be at fault. */
function createPairLookup(): PairLookup {
  const indices = new WeakMap<YAMLMap, Map<string | undefined, Pair>>();
  return (map, key) => {
    const index = indices.get(map) ?? new Map(map.items.map((pair) => [keyText(pair.key), pair]));
    indices.set(map, index);
    return index.get(key);
  };
}

/** Offset of a value's or key's first character. */
function offsetOf(
  document: Document.Parsed,
  pairs: PairLookup,
  path: YamlPath,
  target: 'key' | 'value',
): number | undefined {
  let node = resolved(document, document.contents);
  let offset = startOf(node);
  for (const [depth, step] of path.entries()) {
    let raw: unknown;
    let key: unknown;
    if (isMap(node)) {
      const pair = pairs(node, String(step));
      if (pair === undefined) return offset;
      ({ key, value: raw } = pair);
    } else if (isSeq(node) && typeof step === 'number') {
      raw = node.items[step];
    } else {
      return offset;
    }
    const wantsKey = target === 'key' && depth === path.length - 1;
    offset = (wantsKey || !standsBesideKey(raw) ? startOf(key) : undefined) ?? startOf(raw) ?? offset;
    node = resolved(document, raw);
  }
  return offset;
}

/** Block lists and mappings begin on a line of their own, and an absent value nowhere: their key says more. */
function standsBesideKey(node: unknown): boolean {
  if (isCollection(node)) return node.flow === true;
  if (isScalar(node)) return node.value !== null || node.source === 'null' || node.source === '~';
  return true;
}

function resolved(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function startOf(node: unknown): number | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range?.[0];
}
