import { join } from 'node:path';
import { packageRoot } from '../src/document/package.js';
import { openMappingCache } from '../src/explore/mappingCache.js';
import type { BenchPlan } from './benchPlan.js';
import { measureCommand } from './measure/commandLine.js';
import type { CommandMeasurement } from './measure/commandLine.js';
import { measureDram } from './measure/dram.js';
import type { DramMeasurement } from './measure/dram.js';
import { measureEstimates } from './measure/estimates.js';
import type { EstimateMeasurement } from './measure/estimates.js';
import { measureGrowth } from './measure/growth.js';
import type { Growth } from './measure/growth.js';
import { measureKernels } from './measure/kernels.js';
import type { KernelMeasurement } from './measure/kernels.js';
import { measureMapping } from './measure/mapping.js';
import type { MappingMeasurement } from './measure/mapping.js';
import { measurePeer, peersOf } from './measure/peers.js';
import type { PeerMeasurement } from './measure/peers.js';
import { measureScalar } from './measure/scalar.js';
import type { ScalarMeasurement } from './measure/scalar.js';
import { measureStartUp } from './measure/startUp.js';
import type { StartUpMeasurement } from './measure/startUp.js';
import { measureStorage } from './measure/storage.js';
import type { StorageMeasurement } from './measure/storage.js';
import { measureTiles } from './measure/tiles.js';
import type { TileMeasurement } from './measure/tiles.js';
import { layerEffort, layerOf64, writeLayerScenario } from './subject/layerScenario.js';
import { prepareSubject } from './subject/prepare.js';

/** All that a run of the benchmark has measured. */
export interface Measurements {
  readonly tiles: readonly TileMeasurement[];
  readonly startUp: readonly StartUpMeasurement[];
  readonly scalar: readonly ScalarMeasurement[];
  readonly peers: readonly PeerMeasurement[];
  readonly estimates: readonly EstimateMeasurement[];
  readonly commands: readonly CommandMeasurement[];
  readonly kernels: readonly KernelMeasurement[];
  readonly growth: readonly Growth[];
  readonly storage: readonly StorageMeasurement[];
  readonly dram: readonly DramMeasurement[];
  readonly mapping: readonly MappingMeasurement[];
}

/**
 * @param folder for what is written on the way
 * @param report is told what comes next
 */
export async function runBench(
  plan: BenchPlan,
  folder: string,
  report: (what: string) => void,
): Promise<Measurements> {
  const { short, long, repeats } = plan;
  const cacheFolder = join(folder, 'mappings');

  report('the command line');
  const commands = [
    measureCommand(folder, ['--help'], 150, plan.command.help),
    measureCommand(folder, ['run', runScenario, '--no-cache'], 1500, plan.command.run),
  ];

  report('kernels');
  const kernels = await measureKernels(folder, plan.arithmetics, short, long);

  const peers: PeerMeasurement[] = [];
  for (const variant of ['dense', 'PSD4_P8'] as const) {
    const file = await writeLayerScenario(folder, { ...layerOf64, variant });
    const subject = await prepareSubject(file, { effort: layerEffort });
    peers.push(
      measurePeer(`64-channel layer, ${variant}`, subject, short, { goalMs: 10, peers: peersOf.layer }),
    );
  }

  report('growth');
  const growth = await measureGrowth(folder, long, plan.growth);

  const tiles: TileMeasurement[] = [];
  const estimates: EstimateMeasurement[] = [];
  const scalar: ScalarMeasurement[] = [];
  const dram: DramMeasurement[] = [];
  for (const { scenario, variant, file, effort, limits, goal } of plan.networks) {
    const network = `${scenario} ${variant}`;
    report(network);
    const cache = openMappingCache(cacheFolder);
    const subject = await prepareSubject(join(packageRoot(), file), { variant, effort, cache });
    await cache.close();
    tiles.push(await measureTiles(network, subject, limits, goal));
    if (tiles.length === 1) {
      estimates.push(measureEstimates(network, subject, short));
      scalar.push(measureScalar(network, subject, long));
      dram.push(...(await measureDram(network, subject, repeats)));
    }
    if (variant === 'pSC9')
      peers.push(measurePeer(`${scenario}, dense`, subject, long, { goalMs: 150, peers: peersOf.resnet18 }));
  }

  report('start-up and memory');
  const startUp = plan.startUps.map(({ network, processes, goalBytes }) => {
    const { scenario, variant, file, effort } = plan.networks[network];
    const job = { file: join(packageRoot(), file), variant, cacheFolder, effort, runs: 3 };
    const { firstInferenceMs } = tiles[network];
    return measureStartUp(`${scenario} ${variant}`, job, processes, { firstInferenceMs, goalBytes });
  });

  report('storage formats');
  const storage = measureStorage(repeats, plan.isQuick);
  report('mapping search');
  const mapping = await measureMapping(repeats, plan.mapping.variants, plan.mapping.spaces);
  return { tiles, startUp, scalar, peers, estimates, commands, kernels, growth, storage, dram, mapping };
}

const runScenario = join(packageRoot(), 'configs/scenarios/resnet18-cifar10.yaml');
