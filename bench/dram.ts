import { join } from 'node:path';
import type { Accelerator } from '../src/accelerator/accelerator.js';
import { packageRoot } from '../src/document/package.js';
import { createDramController } from '../src/dram/controller/createDramController.js';
import { defaultController } from '../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../src/dram/controllerSettings.js';
import { loadPart } from '../src/dram/loadPart.js';
import type { DramPart } from '../src/dram/part.js';
import { planScenario } from '../src/explore/plan.js';
import type { CellPlan } from '../src/explore/plan.js';
import { loadScenario } from '../src/explore/scenario.js';
import { networkAddresses } from '../src/machine/dram/addresses.js';
import { createDram } from '../src/machine/dram/createDram.js';
import type { DramObservers } from '../src/machine/dram/commands.js';
import { runTimeline } from '../src/machine/timeline.js';
import { createSchedule } from '../src/schedule/schedule.js';
import { randomReads, recordTraffic, stream } from './dramTraffic.js';
import type { Traffic } from './dramTraffic.js';
import { flatDramOf } from './flatDram.js';

/** How fast the memory controller works traffic off that lies ready, alone. */
export interface DramMeasurement {
  readonly traffic: string;
  readonly dram: string;
  readonly map: string;
  readonly bursts: number;
  /** Of the DRAM; a check that runs are alike. */
  readonly clocks: number;
  /** Of all repeats. */
  readonly medianBurstsPerSecond: number;
  readonly leastBurstsPerSecond: number;
  readonly mostBurstsPerSecond: number;
}

/** Schedules and timelines of a whole network, without data, in ms: medians, and the least and the most. */
export interface DramEstimate {
  readonly network: string;
  readonly flatMs: Spread;
  readonly commandsMs: Spread;
  /** Median over the repeats of commands / flat, measured next to each other. */
  readonly ratio: number;
}

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const network = 'resnet18-cifar10';
const variant = 'PSD4_P8';
/** The one without bank groups in the lowest bits: a stream stays in its bank for a whole row. */
const rowByRow = 'rochrababgco';
/** Requests handed over at a time, far more than queues hold. */
const handedOver = 4096;
/** Until the loops are compiled. */
const warmUpMs = 400;

/** Streams and random reads on a DDR4 DIMM, and the network's traffic on the DRAM of its accelerator. */
export async function measureDram(
  repeats: number,
): Promise<{ readonly controller: DramMeasurement[]; readonly estimate: DramEstimate }> {
  const scenario = await loadScenario(join(packageRoot(), `configs/scenarios/${network}.yaml`), {
    variants: [variant],
  });
  const [plan] = await planScenario(scenario);
  const { dram } = plan.accelerator;
  if (dram.kind !== 'commands') throw new Error(`${plan.accelerator.name} has no DRAM part to measure`);

  const part = await loadPart('ddr4-2400');
  const bursts = 400_000;
  const made = [
    stream('streaming read', bursts, 0, 3),
    stream('streaming write', bursts, 3, 3),
    stream('2 reads : 1 write', bursts, 1, 3),
    randomReads('random read', bursts / 4),
  ];
  const recorded = recordTraffic(`${network} ${variant}`, (observers) => {
    runLayers(plan, plan.accelerator, observers);
  });
  const controller = [defaultController.addressMap, rowByRow].flatMap((addressMap) => [
    ...made.map((traffic) => measure(traffic, part, { ...defaultController, addressMap }, repeats)),
    measure(recorded, dram.part, { ...dram.controller, addressMap }, repeats),
  ]);
  return { controller, estimate: compareEstimates(plan, repeats) };
}

function measure(
  traffic: Traffic,
  part: DramPart,
  settings: ControllerSettings,
  repeats: number,
): DramMeasurement {
  const bursts = traffic.addresses.length;
  let clocks = 0;
  for (const start = performance.now(); performance.now() - start < warmUpMs;) {
    clocks = replay(traffic, part, settings);
  }
  const rates = spread(
    Array.from({ length: repeats }, () => {
      const ms = timed(() => {
        replay(traffic, part, settings);
      });
      return (1000 * bursts) / ms;
    }),
  );
  return {
    traffic: traffic.name,
    dram: `${settings.channels} x ${part.name}`,
    map: settings.addressMap,
    bursts,
    clocks,
    medianBurstsPerSecond: rates.median,
    leastBurstsPerSecond: rates.least,
    mostBurstsPerSecond: rates.most,
  };
}

/** @returns the clock at which the last data were through */
function replay(
  { addresses, writes, clocks, tags }: Traffic,
  part: DramPart,
  settings: ControllerSettings,
): number {
  const controller = createDramController(part, settings);
  for (let from = 0, before = -1; from < addresses.length; from += handedOver) {
    const batch = controller.beginBatch();
    const to = Math.min(from + handedOver, addresses.length);
    for (let i = from; i < to; i++) controller.push(addresses[i], writes[i] === 1, clocks[i], tags[i]);
    // While the batch before this one is worked off, this one is there to fill the queues.
    if (before >= 0) controller.completedClock(before);
    before = batch;
  }
  return controller.finish();
}

function compareEstimates(plan: CellPlan, repeats: number): DramEstimate {
  const { accelerator } = plan;
  const flat = { ...accelerator, dram: flatDramOf(accelerator) };
  const rounds = Array.from({ length: repeats + 1 }, () => ({
    flatMs: timed(() => {
      runLayers(plan, flat);
    }),
    commandsMs: timed(() => {
      runLayers(plan, accelerator);
    }),
  })).slice(1);
  return {
    network: `${network} ${variant}`,
    flatMs: spread(rounds.map(({ flatMs }) => flatMs)),
    commandsMs: spread(rounds.map(({ commandsMs }) => commandsMs)),
    ratio: spread(rounds.map(({ flatMs, commandsMs }) => commandsMs / flatMs)).median,
  };
}

/** Schedules every layer anew and runs it against the clock, with one DRAM for all. */
function runLayers({ layers }: CellPlan, accelerator: Accelerator, observers: DramObservers = {}): void {
  const dram = createDram(accelerator.dram, observers);
  const placed = layers.map(({ layer, estimate: { schedule } }) => ({
    layer,
    schedule: createSchedule(schedule.problem, schedule.mapping, accelerator),
  }));
  networkAddresses(placed, accelerator).forEach((addresses, index) => {
    runTimeline(placed[index].schedule, accelerator, { dram, addresses });
  });
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted[sorted.length - 1] };
}

export function dramTable(measured: readonly DramMeasurement[]): string {
  const rows = measured.map(({ traffic, dram, map, bursts, ...rates }) => [
    traffic.padEnd(26),
    dram.padEnd(18),
    map.padEnd(40),
    String(bursts).padStart(9),
    ...[rates.medianBurstsPerSecond, rates.leastBurstsPerSecond, rates.mostBurstsPerSecond].map((rate) =>
      (rate / 1e6).toFixed(2).padStart(7),
    ),
  ]);
  const head = [
    'DRAM traffic'.padEnd(26),
    'DRAM'.padEnd(18),
    'address map'.padEnd(40),
    'bursts'.padStart(9),
    ...['median', 'least', 'most'].map((title) => title.padStart(7)),
  ];
  return `10^6 bursts a second through the memory controller\n${[head, ...rows].map((row) => row.join(' ')).join('\n')}`;
}

export function estimateLine({ network: name, flatMs, commandsMs, ratio }: DramEstimate): string {
  const range = ({ median, least, most }: Spread): string =>
    `${median.toFixed(1)} ms (${least.toFixed(1)} to ${most.toFixed(1)})`;
  return `${name}: estimate with DRAM commands ${range(commandsMs)}, with flat DRAM ${range(flatMs)}; ratio ${ratio.toFixed(2)}`;
}
