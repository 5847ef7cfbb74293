import { cpus } from 'node:os';
import { join } from 'node:path';
import { packageRoot, packageVersion } from '../src/document/package.js';
import { writeFilesAtomically } from '../src/document/writeAtomically.js';
import { dramTable, estimateLine, measureDram } from './dram.js';
import { mappingTable, measureMapping } from './mapping.js';
import { measureNetwork } from './measureNetwork.js';
import type { Measurement } from './measureNetwork.js';
import { measureStorage, storageTable } from './storage.js';

const isQuick = process.argv.includes('--quick');
const repeats = isQuick ? 3 : 9;
const runs: ReadonlyArray<readonly [scenario: string, variant: string]> = isQuick
  ? [['resnet18-cifar10', 'PSD4_P8']]
  : [
      ['resnet18-cifar10', 'PSD4_P8'],
      ['resnet18-cifar10', 'pSC9'],
      ['resnet18-cifar10', 'PSD1_P16'],
      ['vgg16-cifar10', 'PSD4_P8'],
    ];

const measurements: Measurement[] = [];
for (const [scenario, variant] of runs) {
  const measured = await measureNetwork(
    join(packageRoot(), `configs/scenarios/${scenario}.yaml`),
    variant,
    repeats,
  );
  measurements.push(measured);
  console.log(line(measured));
}
const storage = measureStorage(repeats);
console.log(storageTable(storage));
const dram = await measureDram(repeats);
console.log(dramTable(dram.controller));
console.log(estimateLine(dram.estimate));
const mapping = await measureMapping(repeats, isQuick ? ['halved'] : ['halved', 'aligned']);
console.log(mappingTable(mapping));
const folder = join(packageRoot(), 'bench', 'results');
const name = `${new Date().toISOString().replace(/[:.]/g, '-')}.json`;
const record = {
  version: packageVersion(),
  node: process.version,
  cpu: cpus()[0]?.model,
  repeats,
  measurements,
  storage,
  dram,
  mapping,
};
await writeFilesAtomically(folder, { [name]: `${JSON.stringify(record, undefined, 2)}\n` });
console.log(`kept in bench/results/${name}`);

function line({
  scenario,
  variant,
  tileMs,
  inferenceMs,
  ratio,
  effectualMacs,
  reference,
  estimateMs,
  mappingMs,
}: Measurement): string {
  const rate = effectualMacs / tileMs / 1e6;
  return (
    `${scenario} ${variant}: tile execution ${tileMs.toFixed(1)} ms, ${rate.toFixed(2)} G effectual MACs simulated per second; ` +
    `${reference} inference ${inferenceMs.toFixed(1)} ms; ratio ${ratio.toFixed(2)} (goal 1.0); ` +
    `estimate ${estimateMs.toFixed(1)} ms, mapping search ${mappingMs.toFixed(0)} ms`
  );
}
