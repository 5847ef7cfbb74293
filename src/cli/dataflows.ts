import Table from 'cli-table3';
import { allDataflows } from '../dataflow/dataflows.js';

/** Names and descriptions of all registered dataflows. */
export function printDataflows(): void {
  const table = new Table({
    head: ['dataflow', 'description'],
    colWidths: [24, 96],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { name, description } of allDataflows()) table.push([name, description]);
  console.log(table.toString());
}
