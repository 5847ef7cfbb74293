import { expectKind, readDocument } from '../document/document.js';
import { isDocumentKind } from '../document/kinds.js';
import type { DocumentKind } from '../document/kinds.js';
import { displayPath, UserError } from '../document/userError.js';
import type { Cell } from '../explore/cells.js';
import { interruptible } from './interruptible.js';
import { jobsOf, searchOverride } from './searchOptions.js';
import type { SearchArguments } from './searchOptions.js';

/**
 * Loads a file in full, with what it refers to, and says in a line what it holds.
 *
 * @param options for scenarios, whose layers are mapped
 */
export async function validate(path: string, options: SearchArguments): Promise<void> {
  const document = await readDocument(path);
  const { kind } = document;
  if (!isDocumentKind(kind)) {
    // Says what is missing or which kinds there are.
    expectKind(document, 'scenario');
    return;
  }
  refuseSearch(kind, options);
  console.log(`${displayPath(document.file)}: ${await loaders[kind](document.file, options)}`);
}

function refuseSearch(kind: DocumentKind, options: SearchArguments): void {
  const given = (['space', 'budget', 'jobs'] as const).find((name) => options[name] !== undefined);
  if (kind === 'scenario' || given === undefined) return;
  throw new UserError(
    `--${given}: expected a file of kind scenario, whose layers are mapped, got one of kind ${kind}; leave --${given} out`,
  );
}

const loaders: Readonly<Record<DocumentKind, (file: string, options: SearchArguments) => Promise<string>>> = {
  scenario: async (file, options) => {
    const { loadScenario } = await import('../explore/scenario.js');
    const { planScenario } = await import('../explore/plan.js');
    const scenario = await loadScenario(file, { search: searchOverride(options) });
    await interruptible((signal) => planScenario(scenario, { signal, jobs: jobsOf(options) }));
    const { settings, network, accelerator, cells } = scenario;
    const named = (name: (cell: Cell) => string): string => [...new Set(cells.map(name))].join(', ');
    return (
      `a valid scenario: ${settings.name}, ${network.name} on ${accelerator.name}, ` +
      `dataflows ${named((cell) => cell.accelerator.array.dataflow)}, ` +
      `variants ${named(({ variant }) => variant.name)}; every layer fits`
    );
  },
  network: async (file) => {
    const { loadNetwork } = await import('../network/loadNetwork.js');
    const { name, layers } = await loadNetwork(file);
    return `a valid network: ${name}, ${layers.length} layers`;
  },
  accelerator: async (file) => {
    const { loadAccelerator } = await import('../accelerator/loadAccelerator.js');
    const { energyTableOf } = await import('../energy/table.js');
    const { coveredPrecisions } = await import('../energy/checkEntries.js');
    const { createEnergyModel } = await import('../energy/evaluate.js');
    const accelerator = await loadAccelerator(file);
    const table = await energyTableOf(accelerator);
    for (const precision of coveredPrecisions(table.entries).slice(0, 1))
      createEnergyModel(accelerator, precision, table);
    const { rows, columns, dataflow } = accelerator.array;
    const dram = accelerator.dram.kind === 'flat' ? 'flat DRAM' : `DRAM ${accelerator.dram.part.name}`;
    return (
      `a valid accelerator: ${accelerator.name}, ${rows}x${columns} PEs, ${dataflow}, ${dram}, ` +
      `energy table ${table.name}`
    );
  },
  dram: async (file) => {
    const { readDram } = await import('../dram/loadPart.js');
    const { banksOf, peakBytesPerSecond } = await import('../dram/part.js');
    const { formatFixed } = await import('../report/format.js');
    const loaded = await readDram(file);
    if (loaded.model === 'flat') return `a valid flat DRAM: ${loaded.name}`;
    const { part } = loaded;
    const { organisation } = part;
    return (
      `a valid DRAM part: ${part.name}, ${part.standard}, ${banksOf(organisation)} banks of ${organisation.rows} rows, ` +
      `${formatFixed(peakBytesPerSecond(part) / 1e9, 1)} GB/s a channel`
    );
  },
  sparsity: async (file) => {
    const { loadVariant } = await import('../sparsity/loadVariant.js');
    return `a valid sparsity variant: ${(await loadVariant(file)).name}`;
  },
  mapping: async (file) => {
    const { readMappingFile } = await import('../scenario/mappingFile.js');
    const { name, sections } = await readMappingFile(file);
    const layers = new Set(sections.flatMap((section) => [...section.layers.keys()]));
    return `a valid mapping file: ${name}, for ${layers.size} ${layers.size === 1 ? 'layer' : 'layers'}`;
  },
  'energy-table': async (file) => {
    const { loadEnergyTable } = await import('../energy/table.js');
    const { coveredPrecisions } = await import('../energy/checkEntries.js');
    const { precisionKey } = await import('../energy/energyTable.js');
    const { name, entries } = await loadEnergyTable(file);
    return `a valid energy table: ${name}, for ${coveredPrecisions(entries).map(precisionKey).join('; ')}`;
  },
  'sram-table': async (file) => {
    const { loadSramTable } = await import('../energy/sramTable.js');
    const { name, cells } = await loadSramTable(file);
    return `a valid SRAM table: ${name}, ${cells.length} cells`;
  },
};
