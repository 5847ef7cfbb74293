import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../src/document/package.js';
import { writeFilesAtomically } from '../src/document/writeAtomically.js';
import { growthPlot } from './print/growthPlot.js';
import type { MachineDescription } from './print/machine.js';
import type { Measurements } from './runBench.js';

/** A run of the benchmark, as it is kept. */
export interface BenchRecord extends Measurements {
  readonly kind: 'full' | 'quick';
  readonly date: string;
  readonly seconds: number;
  readonly machine: MachineDescription;
  /** Processes that wanted to run, on average over a minute. */
  readonly loadAtStart: number;
  readonly loadAtEnd: number;
}

/**
 * Keeps a record by its date and the machine's processor, and of a full one the plot of how times grow.
 *
 * @returns the file's name below the package
 */
export async function keepRecord(record: BenchRecord): Promise<string> {
  const { kind, date, machine, growth } = record;
  const cpu = machine.cpu.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name = `${kind === 'quick' ? 'quick-' : ''}${date.slice(0, 10)}-${cpu}.json`;
  await writeFilesAtomically(join(packageRoot(), 'bench', 'results'), {
    [name]: `${JSON.stringify(record, undefined, 2)}\n`,
    // Of the few sizes of a quick run there is not much to see.
    ...(kind === 'full' && { 'growth.svg': growthPlot(growth) }),
  });
  return `bench/results/${name}`;
}

export async function readRecord(path: string): Promise<BenchRecord> {
  return JSON.parse(await readFile(path, 'utf8')) as BenchRecord;
}
