import { figure, spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import type { Subject } from '../subject/prepare.js';
import { tileExecution } from '../subject/tileExecution.js';
import { inTurns, totals } from '../timing/inTurns.js';
import type { TurnLimits } from '../timing/inTurns.js';
import { spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** Our tile execution, DRAM commands included, of what other simulators were timed on; in ms. */
export interface PeerMeasurement {
  readonly work: string;
  readonly tile: Spread;
  readonly goalMs: number;
  readonly peers: string;
}

/** What other simulators took for the same work with 256 PEs, one core each, when their public versions were run for psconv-sim, on another machine. */
export const peersOf = {
  layer: 'STONNE 17 s, SCALE-Sim v3 17 s (no data), ONNXim 0.5 s (no data)',
  resnet18: 'SCALE-Sim v3 197 s (no data), ONNXim 4 s (convolutions only, no data)',
} as const;

export function measurePeer(
  work: string,
  subject: Subject,
  limits: TurnLimits,
  { goalMs, peers }: { readonly goalMs: number; readonly peers: string },
): PeerMeasurement {
  const { tile } = inTurns({ tile: tileExecution(subject, 'commands') }, limits);
  return { work, tile: spreadOf(totals(tile)), goalMs, peers };
}

export function peerTable(measured: readonly PeerMeasurement[]): Table {
  return table({
    title: 'Beside other simulators: tile execution with DRAM commands, ms',
    head: ['work', 'psconv-sim', 'goal', 'others'],
    rows: measured.map(({ work, tile, goalMs, peers }) => [
      ...[work, spreadText(tile), `< ${figure(goalMs)}`, peers],
    ]),
    note:
      'Others: not published by their authors, but measured for psconv-sim by running their public versions as whole processes, one core, on ' +
      'another machine. STONNE as a TPU mesh; as SIGMA it takes 111 s. SCALE-Sim v3 needs 2.7 to 5 GB for ResNet-18.',
  });
}
