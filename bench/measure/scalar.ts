import { spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import type { Subject } from '../subject/prepare.js';
import { tileExecution } from '../subject/tileExecution.js';
import { inTurns, totals } from '../timing/inTurns.js';
import type { TurnLimits } from '../timing/inTurns.js';
import { ratioSpread, spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** Tile execution by compiled kernels beside the plain TypeScript that defines what they compute, in ms, with a flat DRAM. */
export interface ScalarMeasurement {
  readonly network: string;
  readonly simd: Spread;
  readonly scalar: Spread;
  /** scalar / simd. */
  readonly ratio: Spread;
}

export function measureScalar(network: string, subject: Subject, limits: TurnLimits): ScalarMeasurement {
  const turns = inTurns(
    { simd: tileExecution(subject, 'flat', 'simd'), scalar: tileExecution(subject, 'flat', 'scalar') },
    limits,
  );
  const [simd, scalar] = [totals(turns.simd), totals(turns.scalar)];
  return { network, simd: spreadOf(simd), scalar: spreadOf(scalar), ratio: ratioSpread(scalar, simd) };
}

export function scalarTable(measured: readonly ScalarMeasurement[]): Table {
  return table({
    title: 'Compiled SIMD kernels beside plain TypeScript, tile execution, ms',
    head: ['network', 'simd', 'scalar', 'scalar / simd', 'rounds'],
    rows: measured.map(({ network, simd, scalar, ratio }) => [
      ...[network, spreadText(simd), spreadText(scalar), spreadText(ratio)],
      String(ratio.count),
    ]),
  });
}
