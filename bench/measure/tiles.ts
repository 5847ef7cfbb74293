import { openReference } from '../../src/reference/backend.js';
import { timeInference } from '../../src/reference/timeInference.js';
import type { Subject } from '../subject/prepare.js';
import { tileExecution } from '../subject/tileExecution.js';
import type { TimedDram } from '../subject/tileExecution.js';
import { inTurns, part, timed, totals } from '../timing/inTurns.js';
import type { TurnLimits } from '../timing/inTurns.js';
import { ratioSpread, spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';
import { figure, spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';

/** Tile execution of a network beside the reference's inference of it, all in ms. */
export interface TileMeasurement {
  readonly network: string;
  readonly effectualMacs: number;
  readonly dram: Readonly<Record<TimedDram, TileTime>>;
  /** Warm, in float32. */
  readonly inference: Spread;
  readonly reference: string;
  /** The reference's first inference, with what it takes to get the weights into its memory. */
  readonly firstInferenceMs: number;
  /** Tile execution / inference at which the goal is met. */
  readonly goal: number | undefined;
}

export interface TileTime {
  readonly total: Spread;
  readonly schedules: Spread;
  readonly bytes: Spread;
  readonly counts: Spread;
  /** Tile execution / inference. */
  readonly ratio: Spread;
  /** Of the least times of both, which a busy machine changes least. */
  readonly leastRatio: number;
  readonly macsPerSecond: number;
}

/** Tile execution and inference of one network, in turns; the reference runs as WebAssembly with SIMD, on one thread. */
export async function measureTiles(
  network: string,
  subject: Subject,
  limits: TurnLimits,
  goal?: number,
): Promise<TileMeasurement> {
  const backend = await openReference('wasm');
  // Ours is one thread as well; a ratio with more of them on either side would say nothing.
  if (backend.tf.env().getBool('WASM_HAS_MULTITHREAD_SUPPORT'))
    throw new Error('the reference runs more than one thread');
  const { model, image } = subject;
  const infer = (): { readonly inference: number } => ({
    inference: timeInference(backend, model, image, 1),
  });
  let warmMs = 0;
  const firstTwoMs = timed(() => {
    warmMs = infer().inference;
  });
  const turns = inTurns(
    {
      flat: tileExecution(subject, 'flat'),
      commands: tileExecution(subject, 'commands'),
      inference: infer,
    },
    limits,
  );
  const hasSimd = backend.tf.env().getBool('WASM_HAS_SIMD_SUPPORT');
  backend.dispose();
  const inference = totals(turns.inference);
  const timeOf = (dram: TimedDram): TileTime => {
    const total = spreadOf(totals(turns[dram]));
    return {
      total,
      schedules: spreadOf(part(turns[dram], 'schedules')),
      bytes: spreadOf(part(turns[dram], 'bytes')),
      counts: spreadOf(part(turns[dram], 'counts')),
      ratio: ratioSpread(totals(turns[dram]), inference),
      leastRatio: total.least / spreadOf(inference).least,
      macsPerSecond: (1000 * subject.effectualMacs) / total.median,
    };
  };
  return {
    network,
    effectualMacs: subject.effectualMacs,
    dram: { flat: timeOf('flat'), commands: timeOf('commands') },
    inference: spreadOf(inference),
    reference: `${backend.name}, ${hasSimd ? 'SIMD' : 'no SIMD'}, 1 thread`,
    firstInferenceMs: firstTwoMs - warmMs,
    goal,
  };
}

export function tileTable(measured: readonly TileMeasurement[]): Table {
  return table({
    title: `Tile execution beside the reference (${measured[0].reference}), ms: real bytes, all counts, times of the DRAM; no check`,
    head: [
      ...['network', 'DRAM', 'tile execution', 'schedules', 'bytes', 'counts'],
      ...['GMAC/s', 'inference', 'ratio', 'of least', 'goal'],
    ],
    rows: measured.flatMap(({ network, dram, inference, goal }) =>
      (['flat', 'commands'] as const).map((kind) => {
        const { total, schedules, bytes, counts, ratio, leastRatio, macsPerSecond } = dram[kind];
        return [
          ...[network, kind, spreadText(total)],
          ...[schedules, bytes, counts].map(({ median }) => figure(median)),
          figure(macsPerSecond / 1e9),
          ...[spreadText(inference), spreadText(ratio), figure(leastRatio)],
          goal === undefined ? '' : `<= ${goal.toFixed(1)}`,
        ];
      }),
    ),
    note:
      'With a flat DRAM the times come with the schedules; DRAM commands are simulated with the bytes. GMAC/s are effectual ones; ' +
      'the reference multiplies the zeros of sparse weights, too. Of least: the least time of one over the least of the other.',
  });
}
