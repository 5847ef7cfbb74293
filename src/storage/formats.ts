import { quote } from '../document/describeValue.js';
import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import { bitmask } from './bitmask.js';
import { blocks } from './blocks.js';
import { csc } from './compressedColumns.js';
import { csr } from './compressedRows.js';
import { coo } from './coordinates.js';
import { dense } from './dense.js';
import { totalBytes, wholeLayer } from './format.js';
import type { LayerStorage, StorageFormat, StorageLayer } from './format.js';
import { huffman } from './huffman.js';
import { nOfM } from './nOfM.js';
import { patternId } from './patternId.js';
import { periodic } from './periodic.js';
import { runLength } from './runLength.js';
import type { SectionedFormat } from './sections.js';
import { tapPosition } from './tapPosition.js';

const huffmanSuffix = '+huffman';
const largestBlockSide = 64;

/** Formats without parameters, in the order of docs/storage.md. `auto` takes the smallest, of equal ones the first. */
export const plainFormats: readonly SectionedFormat[] = [
  dense,
  periodic,
  patternId,
  bitmask,
  tapPosition,
  coo,
  csr,
  csc,
  runLength(5),
];

/** Names of formats, and forms of names that carry parameters. */
const formatNames: readonly string[] = [
  ...plainFormats.map(({ name }) => name),
  'run-length-N',
  'N:M',
  'block-RxC',
  '<format>+huffman',
];

/** Names that a slip may have meant. */
const likelyNames: readonly string[] = [
  'auto',
  ...plainFormats.flatMap(({ name }) => [name, `${name}${huffmanSuffix}`]),
  'run-length-4',
  '2:4',
  '4:8',
  'block-4x4',
];

/** The format of a name such as `csr`, `2:4` or `periodic+huffman`; undefined when there is none. */
export function findFormat(name: string): StorageFormat | undefined {
  if (!name.endsWith(huffmanSuffix)) return findBase(name);
  const base = findBase(name.slice(0, -huffmanSuffix.length));
  return base === undefined ? undefined : huffman(base);
}

function findBase(name: string): SectionedFormat | undefined {
  const plain = plainFormats.find((format) => format.name === name);
  if (plain !== undefined) return plain;
  const run = numbersIn(/^run-length-(\d+)$/, name);
  if (run !== undefined) return run[0] >= 1 && run[0] <= 16 ? runLength(run[0]) : undefined;
  const ratio = numbersIn(/^(\d+):(\d+)$/, name);
  if (ratio !== undefined) {
    const [n, m] = ratio;
    return n >= 1 && n < m && m <= 64 ? nOfM(n, m) : undefined;
  }
  const block = numbersIn(/^block-(\d+)x(\d+)$/, name);
  if (block === undefined) return undefined;
  const [rows, columns] = block;
  const fits = (side: number): boolean => side >= 1 && side <= largestBlockSide;
  return fits(rows) && fits(columns) ? blocks(rows, columns) : undefined;
}

/** The numbers of a name, if it has the form and they are written without leading zeros. */
function numbersIn(form: RegExp, name: string): number[] | undefined {
  const digits = form.exec(name)?.slice(1);
  if (digits === undefined || digits.some((each) => each.startsWith('0'))) return undefined;
  return digits.map(Number);
}

/** Whether sizes under a format of this name follow from the weights and not from their supports alone. */
export function dependsOnValues(name: string): boolean {
  return findFormat(name)?.needsWeights === true;
}

/** Formats that a survey compares unless told otherwise. */
export const surveyedFormats: readonly string[] = [...plainFormats.map(({ name }) => name), '2:4', '4:8'];

/** What is wrong with the name of a format, or undefined. */
export function formatNameFault(name: string): string | undefined {
  if (name === 'auto' || findFormat(name) !== undefined) return undefined;
  const hint = didYouMean(name, likelyNames);
  return (
    `expected a storage format, got ${quote(name)}; ${hint === '' ? '' : `${hint} `}` +
    `they are auto, ${formatNames.join(', ')} (1 <= N <= 16 bits of a run, 1 <= N < M <= 64, R and C at most ${largestBlockSide})`
  );
}

/**
 * A layer's weights in the format of a name, or for `auto` in the one that takes the fewest bytes of those without
 * parameters. Layers without absent taps are stored densely under any name, Huffman coded if the name says so: an index of
 * what is all there would say nothing.
 *
 * @throws UserError when the format cannot hold the layer
 */
export function storeLayer(choice: string, layer: StorageLayer, name: string): LayerStorage {
  if (layer.supports.assignment.kind === 'dense') {
    return (choice.endsWith(huffmanSuffix) ? huffman(dense) : dense).prepare(layer);
  }
  if (choice === 'auto') return smallest(layer);
  const format = findFormat(choice);
  if (format === undefined) throw new UserError(formatNameFault(choice) ?? `no format ${choice}`);
  const refusal = format.refusal(layer);
  if (refusal !== undefined) {
    throw new UserError(
      `layer ${name}: storage "${choice}" cannot hold it: ${refusal}; try storage: auto or dense`,
    );
  }
  return format.prepare(layer);
}

function smallest(layer: StorageLayer): LayerStorage {
  const whole = wholeLayer(layer.supports);
  let best = dense.prepare(layer);
  let fewest = Infinity;
  for (const format of plainFormats) {
    if (format.refusal(layer) !== undefined) continue;
    const stored = format.prepare(layer);
    const bytes = totalBytes(stored.tileSize(whole)) + stored.table.length;
    if (bytes < fewest) {
      best = stored;
      fewest = bytes;
    }
  }
  return best;
}
