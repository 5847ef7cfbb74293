import { quote } from '../document/describeValue.js';
import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import { bitmask } from './bitmask.js';
import { csc } from './compressedColumns.js';
import { csr } from './compressedRows.js';
import { coo } from './coordinates.js';
import { dense } from './dense.js';
import { totalBytes, wholeLayer } from './format.js';
import type { LayerStorage, StorageFormat, StorageLayer } from './format.js';
import { patternId } from './patternId.js';
import { periodic } from './periodic.js';
import type { SectionedFormat } from './sections.js';
import { tapPosition } from './tapPosition.js';

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
];

/** Names of formats, and forms of names that carry parameters. */
export const formatNames: readonly string[] = plainFormats.map(({ name }) => name);

/** The format of a name such as `csr`; undefined when there is none. */
export function findFormat(name: string): StorageFormat | undefined {
  return plainFormats.find((format) => format.name === name);
}

/** What is wrong with the name of a format, or undefined. */
export function formatNameFault(name: string): string | undefined {
  if (name === 'auto' || findFormat(name) !== undefined) return undefined;
  const hint = didYouMean(name, ['auto', ...formatNames]);
  return (
    `expected a storage format, got ${quote(name)}; ${hint === '' ? '' : `${hint} `}` +
    `they are auto, ${formatNames.join(', ')}`
  );
}

/**
 * A layer's weights in the format of a name, or for `auto` in the one that takes the fewest bytes of those without
 * parameters. Layers without absent taps are stored densely under any name: an index of what is all there would say nothing.
 *
 * @throws UserError when the format cannot hold the layer
 */
export function storeLayer(choice: string, layer: StorageLayer, name: string): LayerStorage {
  if (layer.supports.assignment.kind === 'dense' && !choice.endsWith('+huffman')) return dense.prepare(layer);
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
