import { createDramController } from '../../src/dram/controller/createDramController.js';
import { defaultController } from '../../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../../src/dram/controllerSettings.js';
import { loadPart } from '../../src/dram/loadPart.js';
import type { DramPart } from '../../src/dram/part.js';
import { spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import { randomReads, recordTraffic, stream } from '../subject/dramTraffic.js';
import type { Traffic } from '../subject/dramTraffic.js';
import { estimateLayers } from '../subject/estimate.js';
import type { Subject } from '../subject/prepare.js';
import { timed } from '../timing/inTurns.js';
import { scaled, spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** How fast the memory controller works traffic off that lies ready, alone. */
export interface DramMeasurement {
  readonly traffic: string;
  readonly dram: string;
  readonly map: string;
  readonly bursts: number;
  /** Of the DRAM; a check that runs are alike. */
  readonly clocks: number;
  readonly burstsPerSecond: Spread;
}

const bursts = 200_000;
/** The one without bank groups in the lowest bits: a stream stays in its bank for a whole row. */
const rowByRow = 'rochrababgco';
/** Requests handed over at a time, far more than queues hold. */
const handedOver = 4096;
/** Until the loops are compiled. */
const warmUpMs = 200;

/** Streams and random reads on a DDR4 DIMM, and a network's traffic on the DRAM of its accelerator. */
export async function measureDram(
  network: string,
  { plan }: Subject,
  repeats: number,
): Promise<DramMeasurement[]> {
  const { dram } = plan.accelerator;
  if (dram.kind !== 'commands') throw new Error(`${plan.accelerator.name} has no DRAM part to measure`);

  const part = await loadPart('ddr4-2400');
  const made = [
    stream('streaming read', bursts, 0, 3),
    stream('streaming write', bursts, 3, 3),
    stream('2 reads : 1 write', bursts, 1, 3),
    randomReads('random read', bursts / 4),
  ];
  const recorded = recordTraffic(network, (observers) => {
    estimateLayers(plan, 'commands', observers);
  });
  return [defaultController.addressMap, rowByRow].flatMap((addressMap) => [
    ...made.map((traffic) => measure(traffic, part, { ...defaultController, addressMap }, repeats)),
    measure(recorded, dram.part, { ...dram.controller, addressMap }, repeats),
  ]);
}

function measure(
  traffic: Traffic,
  part: DramPart,
  settings: ControllerSettings,
  repeats: number,
): DramMeasurement {
  let clocks = 0;
  for (const start = performance.now(); performance.now() - start < warmUpMs;) {
    clocks = replay(traffic, part, settings);
  }
  const rates = Array.from({ length: repeats }, () => {
    const ms = timed(() => {
      replay(traffic, part, settings);
    });
    return (1000 * traffic.addresses.length) / ms;
  });
  return {
    traffic: traffic.name,
    dram: `${settings.channels} x ${part.name}`,
    map: settings.addressMap,
    bursts: traffic.addresses.length,
    clocks,
    burstsPerSecond: spreadOf(rates),
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

export function dramTable(measured: readonly DramMeasurement[]): Table {
  return table({
    title: 'The memory controller alone, 10^6 bursts a second',
    head: ['traffic', 'DRAM', 'address map', 'bursts', '10^6 / s', 'repeats'],
    rows: measured.map(({ traffic, dram, map, bursts: all, burstsPerSecond: rate }) => [
      ...[traffic, dram, map, all.toLocaleString('en')],
      ...[spreadText(scaled(rate, 1e-6)), String(rate.count)],
    ]),
  });
}
