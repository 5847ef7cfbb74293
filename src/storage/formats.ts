import { UserError } from '../document/userError.js';
import type { Supports } from '../sparsity/supports.js';
import { dense } from './dense.js';
import type { StorageFormat } from './format.js';
import { periodic } from './periodic.js';

export type FormatChoice = 'auto' | 'dense' | 'periodic';

/**
 * The format that a layer's weights are stored in.
 * `auto` stores layers with absent taps periodically where their supports repeat, and all others densely.
 *
 * @throws UserError when the chosen format cannot hold the supports; a dense layer under `periodic` is stored densely,
 * since a table of one full pattern would say nothing.
 */
export function chooseFormat(choice: FormatChoice, supports: Supports, layer: string): StorageFormat {
  if (supports.assignment.kind === 'dense' || choice === 'dense') return dense;
  const refusal = periodic.refusal(supports);
  if (refusal === undefined) return periodic;
  if (choice === 'auto') return dense;
  throw new UserError(
    `layer ${layer}: storage "periodic" cannot hold it: ${refusal}; try storage: auto or dense`,
  );
}
