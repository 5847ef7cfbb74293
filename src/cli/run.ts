import type { Execution, KernelName } from '../scenario/execution.js';
import { join, resolve } from 'node:path';
import type { Precision } from '../tensor/precision.js';
import { displayPath, oneLine, UserError } from '../document/userError.js';
import { refuseUnwritable } from '../document/writeAtomically.js';
import { cacheFolder } from '../explore/cacheFolder.js';
import { saveResults } from '../explore/manifest.js';
import { openMappingCache } from '../explore/mappingCache.js';
import { loadScenario } from '../explore/scenario.js';
import type { ScenarioOverrides } from '../explore/overrides.js';
import { simulate } from '../explore/simulate.js';
import type { Breakdown } from '../report/breakdown.js';
import { breakdownTables } from '../report/breakdownTables.js';
import { summaryRecord } from '../report/records.js';
import { mismatchesOf } from '../report/result.js';
import type { ScenarioResult } from '../report/result.js';
import { terminalTable } from '../report/terminalTable.js';
import { toJson } from '../report/writeResults.js';
import { exitCodes } from './exitCodes.js';
import { interruptible } from './interruptible.js';
import { createProgressBar } from './progressBar.js';
import { jobsOf, searchOverride } from './searchOptions.js';
import type { SearchArguments } from './searchOptions.js';

/** Options of `psconv run`, as the command line gives them. */
export interface RunArguments extends SearchArguments {
  readonly out?: string;
  readonly json?: boolean;
  readonly breakdown?: readonly Breakdown[];
  readonly variants?: readonly string[];
  readonly storage?: readonly string[];
  readonly dataflow?: readonly string[];
  readonly dram?: string;
  readonly precision?: Precision;
  readonly layout?: string;
  readonly execution?: Execution;
  readonly kernel?: KernelName;
  readonly layers?: readonly string[];
  readonly seed?: number;
  readonly images?: string;
  readonly first?: number;
  readonly count?: number;
  readonly batch?: number;
  readonly check: boolean;
  readonly cache: boolean;
}

/** Runs a scenario, writes its results and prints them. Returns the exit code. */
export async function run(file: string, options: RunArguments): Promise<number> {
  refuseTablesInJson(options);
  const scenario = await loadScenario(file, await overridesOf(file, options));
  const folder = options.out ?? join('results', scenario.settings.name);
  await refuseUnwritable(folder);
  const cache = options.cache ? openMappingCache(cacheFolder()) : undefined;
  const bar = createProgressBar();
  try {
    const result = await interruptible(async (signal) => {
      const jobs = jobsOf(options);
      const simulated = await simulate(scenario, { onProgress: bar.update, signal, cache, jobs });
      bar.stop();
      await saveResults(folder, scenario, simulated);
      return simulated;
    });
    console.log(options.json === true ? toJson(summaryRecord(result)).trimEnd() : textOf(result, options));
    if (options.json !== true) console.log(`\nresults: ${displayPath(resolve(folder))}`);
    return verdict(result);
  } finally {
    bar.stop();
    const fault = await cache?.close();
    if (fault !== undefined)
      console.error(
        `psconv: mappings were not kept for the next run: ${oneLine(fault)} with PSCONV_CACHE, or run with --no-cache`,
      );
  }
}

function refuseTablesInJson({ json, breakdown }: RunArguments): void {
  if (json !== true || breakdown === undefined) return;
  throw new UserError(
    '--breakdown: expected a table to print breakdowns below, got --json; leave one of them out: the JSON holds energies and ' +
      'areas of each variant, layers.csv the energies of each layer',
  );
}

function textOf(result: ScenarioResult, { breakdown = [] }: RunArguments): string {
  return [
    terminalTable(result),
    ...(breakdown.length === 0 ? [] : [breakdownTables(result, breakdown)]),
  ].join('\n\n');
}

/** The exit code of a result; what is wrong is said on stderr. */
export function verdict(result: ScenarioResult): number {
  const mismatches = mismatchesOf(result);
  if (mismatches === 0) return exitCodes.success;
  console.error(`psconv: check failed: ${mismatches} outputs are not those of the reference`);
  return exitCodes.failedCheck;
}

async function overridesOf(file: string, options: RunArguments): Promise<ScenarioOverrides> {
  const {
    variants,
    storage,
    dataflow,
    dram,
    precision,
    layout,
    execution,
    kernel,
    layers,
    seed,
    check,
    batch,
  } = options;
  return {
    variants,
    storage,
    dataflows: dataflow,
    dram,
    precision,
    layout,
    execution,
    kernel,
    layers,
    seed,
    check: check ? undefined : false,
    images: await imagesOf(file, options),
    batch,
    search: searchOverride(options),
  };
}

/** `--count` alone changes how many of the scenario's own images run. */
async function imagesOf(
  file: string,
  { images, first, count, seed }: RunArguments,
): Promise<ScenarioOverrides['images']> {
  if (images !== undefined) return { file: resolve(images), first: first ?? 0, count };
  if (first === undefined && count === undefined) return undefined;
  const { readScenarioFile } = await import('../scenario/scenario.js');
  const own = (await readScenarioFile(file)).value.images;
  if ('file' in own) return { ...own, first: first ?? own.first, count: count ?? own.count };
  if (first !== undefined)
    throw new UserError('--first: expected images of a file (--images FILE), got seeded images');
  return { ...own, seed: seed ?? own.seed, count: count ?? own.count };
}
