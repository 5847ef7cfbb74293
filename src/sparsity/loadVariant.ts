import { quote } from '../document/describeValue.js';
import { expectKind, faultAt, parseDocument, readDocument } from '../document/document.js';
import type { YamlDocument, YamlPath } from '../document/document.js';
import { listLibrary, resolveReference } from '../document/library.js';
import { didYouMean } from '../document/suggest.js';
import { displayPath, UserError } from '../document/userError.js';
import { readRule } from './readRule.js';
import type { SparsityFile } from './schema.js';
import { sparsitySchema } from './schema.js';
import type { LayerPattern, SparsityVariant } from './variant.js';
import { traitsOf } from './variant.js';
import { builtInVariants, findBuiltIn } from './variants.js';

type Rule = SparsityVariant['rule'];

/**
 * A built-in variant by its exact name, or one of a file of kind `sparsity`.
 *
 * @param reference `PSD4_P8`, a name in the library, or a path relative to `fromFile`
 * @throws UserError when there is none of the name; at file, line and column for faults of a file
 */
export async function loadVariant(reference: string, fromFile?: string): Promise<SparsityVariant> {
  return findBuiltIn(reference.trim()) ?? (await variantOfFile(await findFile(reference, fromFile), []));
}

/** @param via the files that led here */
async function variantOfFile(path: string, via: readonly string[]): Promise<SparsityVariant> {
  const { document, file } = await readSparsityFile(path);
  const rule = await ruleOf(document, file, via);
  const { include, exclude = [], firstConvolution } = file.layers;
  const overrides: Array<SparsityVariant['overrides'][number]> = [];
  for (const [index, { layers, variant }] of file.overrides.entries()) {
    const path = ['overrides', index];
    const own = await ruleBehind(document, [...path, 'variant'], variant, [...via, document.file]);
    if (own.kind === 'channels') {
      throw faultAt(
        document,
        [...path, 'variant'],
        `expected a variant for single layers, got ${quote(variant)}, which removes channels of the whole network; ` +
          'write channels at the top of the file, and the layers that keep all theirs in layers.exclude',
      );
    }
    overrides.push({ layers: placed(document, [...path, 'layers'], layers), variant, rule: own });
  }
  return {
    name: file.name,
    description: file.description,
    file: document.file,
    rule,
    ...(include === undefined ? {} : { include: placed(document, ['layers', 'include'], include) }),
    exclude: placed(document, ['layers', 'exclude'], exclude),
    firstConvolution,
    overrides,
    ...traitsOf(rule),
  };
}

/** All variants that can be referred to by name: the built-in ones, then the library's in alphabetical order. */
export async function listVariants(): Promise<
  Array<{ readonly name: string; readonly description: string }>
> {
  const own = await listLibrary('sparsity');
  const described = own.map(async ({ name, file }) => ({
    name,
    description: (await loadVariant(file)).description,
  }));
  return [
    ...builtInVariants.map(({ name, description }) => ({ name, description })),
    ...(await Promise.all(described)),
  ];
}

async function readSparsityFile(path: string): Promise<{ document: YamlDocument; file: SparsityFile }> {
  const document = await readDocument(path);
  expectKind(document, 'sparsity');
  const file: SparsityFile = parseDocument(document, sparsitySchema);
  if (findBuiltIn(file.name) !== undefined) {
    throw faultAt(document, ['name'], `expected another name: "${file.name}" is a built-in variant`);
  }
  return { document, file };
}

async function findFile(reference: string, fromFile: string | undefined): Promise<string> {
  try {
    return await resolveReference(reference, 'sparsity', fromFile);
  } catch (error) {
    if (!(error instanceof UserError) || /[/\\]|\.ya?ml$/i.test(reference)) throw error;
    const builtIn = builtInVariants.flatMap(({ name, alias }) =>
      alias === undefined ? [name] : [alias, name],
    );
    const known = [...builtIn, ...(await listLibrary('sparsity')).map(({ name }) => name)];
    const hint = didYouMean(reference.trim(), known);
    throw new UserError(
      `expected a variant or the name or path of a sparsity file, got ${quote(reference)}; ` +
        `${hint === '' ? '' : `${hint} `}known: ${known.join(', ')}`,
    );
  }
}

/** @param via the files that led here */
async function ruleOf(document: YamlDocument, file: SparsityFile, via: readonly string[]): Promise<Rule> {
  const here = [...via, document.file];
  const own = await readRule(
    file,
    (path, message) => faultAt(document, path, message),
    async (path, reference) => {
      const found = await findBehind(document, path, reference, here);
      return typeof found === 'string' ? variantOfFile(found, here) : found;
    },
  );
  if (own !== undefined) return own;
  return ruleBehind(document, ['variant'], file.variant ?? '', here);
}

/** The supports of the variant that a document names at `path`; that variant's own choice of layers does not count. */
async function ruleBehind(
  document: YamlDocument,
  path: YamlPath,
  reference: string,
  via: readonly string[],
): Promise<Rule> {
  const found = await findBehind(document, path, reference, via);
  if (typeof found !== 'string') return found.rule;
  const next = await readSparsityFile(found);
  return ruleOf(next.document, next.file, via);
}

/** The built-in variant, or the file, that a document names at `path`. */
async function findBehind(
  document: YamlDocument,
  path: YamlPath,
  reference: string,
  via: readonly string[],
): Promise<SparsityVariant | string> {
  const builtIn = findBuiltIn(reference);
  if (builtIn !== undefined) return builtIn;
  let found: string;
  try {
    found = await findFile(reference, document.file);
  } catch (error) {
    if (error instanceof UserError && error.location === undefined)
      throw faultAt(document, path, error.message);
    throw error;
  }
  if (via.includes(found)) {
    throw faultAt(
      document,
      path,
      `expected a variant that does not lead back here, got ${displayPath(found)}`,
    );
  }
  return found;
}

function placed(document: YamlDocument, path: YamlPath, globs: readonly string[]): LayerPattern[] {
  return globs.map((glob, index) => ({ glob, location: document.locate([...path, index]) }));
}
