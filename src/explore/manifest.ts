import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DramSpec } from '../accelerator/accelerator.js';
import { packageVersion } from '../document/package.js';
import { displayPath } from '../document/userError.js';
import type { ScenarioResult } from '../report/result.js';
import { writeResults } from '../report/writeResults.js';
import type { Scenario } from './scenario.js';

/** What a result can be made again from: version, scenario as resolved, hashes of all files, seeds, backend. */
async function createManifest(scenario: Scenario, result: ScenarioResult): Promise<Record<string, unknown>> {
  const { settings, accelerator, energyTable, cells } = scenario;
  const { weights, images } = settings;
  const files = [
    scenario.file,
    scenario.network.file,
    accelerator.file,
    ...dramFiles(accelerator.dram),
    ...energyTable.files,
    ...(energyTable.sram === undefined ? [] : [energyTable.sram.file]),
    ...(scenario.mappingFile === undefined ? [] : [scenario.mappingFile.file]),
    ...new Set(cells.flatMap(({ variant: { file } }) => (file === undefined ? [] : [file]))),
    ...('file' in weights ? [weights.file] : []),
    ...('file' in images ? [images.file] : []),
  ];
  const hashes = await Promise.all(
    files.map(async (file) => [displayPath(file), await sha256(file)] as const),
  );
  return {
    psconvSim: packageVersion(),
    node: process.version,
    reference: result.reference ?? null,
    seeds: {
      scenario: settings.seed,
      weights: 'file' in weights ? null : weights.seed,
      images: 'file' in images ? null : images.seed,
    },
    sha256: Object.fromEntries(hashes),
    scenario: {
      ...settings,
      weights: 'file' in weights ? { file: displayPath(weights.file) } : weights,
      images:
        'file' in images
          ? { ...images, file: displayPath(images.file) }
          : { ...images, count: result.images },
    },
    cells: cells.map(({ variant, storage, accelerator: { array } }) => ({
      variant: variant.name,
      storage,
      dataflow: array.dataflow,
    })),
    layers: scenario.layers,
    // Its lines are for messages.
    accelerator: {
      ...accelerator,
      file: displayPath(accelerator.file),
      dram: dramRecord(accelerator.dram),
      places: undefined,
    },
  };
}

function dramFiles(dram: DramSpec): string[] {
  const file = dram.kind === 'flat' ? dram.file : dram.part.file;
  return file === undefined ? [] : [file];
}

function dramRecord(dram: DramSpec): Record<string, unknown> {
  if (dram.kind === 'commands') {
    return { ...dram, part: { ...dram.part, file: displayPath(dram.part.file), location: undefined } };
  }
  return { ...dram, ...(dram.file !== undefined && { file: displayPath(dram.file) }) };
}

/**
 * Writes a result with its manifest: `layers.csv`, `summary.csv`, `summary.json`, `manifest.json`.
 *
 * @throws UserError when the folder cannot be written; nothing half-written is left behind
 */
export async function saveResults(folder: string, scenario: Scenario, result: ScenarioResult): Promise<void> {
  await writeResults(folder, result, await createManifest(scenario, result));
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
