import Table from 'cli-table3';
import { listVariants } from '../sparsity/loadVariant.js';

/** Names and descriptions of the built-in variants and of the library's own. */
export async function printVariants(): Promise<void> {
  const table = new Table({
    head: ['variant', 'description'],
    colWidths: [24, 96],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { name, description } of await listVariants()) table.push([name, description]);
  console.log(table.toString());
}
