import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import type { SearchEffort } from '../../src/search/mapLayer.js';
import { figure, spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import { runNode } from '../timing/childProcess.js';
import { spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** What a process of its own is to run. */
export interface ChildJob {
  readonly file: string;
  readonly variant: string;
  /** With mappings that are found already. */
  readonly cacheFolder: string;
  readonly effort?: SearchEffort | undefined;
  /** Tile executions. */
  readonly runs: number;
}

export interface ChildAnswer {
  /** To read and compile the kernels. */
  readonly moduleMs: number;
  readonly firstTileMs: number;
  /** The most memory of the process until weights lay ready, and until the last tile execution. */
  readonly preparedBytes: number;
  readonly peakBytes: number;
}

/** Processes of their own that run a network, one after the other. */
export interface StartUpMeasurement {
  readonly network: string;
  readonly moduleMs: Spread;
  readonly firstTileMs: Spread;
  readonly preparedBytes: Spread;
  readonly peakBytes: Spread;
  /** Of the reference, in the process that measured it. */
  readonly firstInferenceMs: number | undefined;
  /** What the peak is to stay below. */
  readonly goalBytes: number;
}

export function measureStartUp(
  network: string,
  job: ChildJob,
  repeats: number,
  known: Pick<StartUpMeasurement, 'firstInferenceMs' | 'goalBytes'>,
): StartUpMeasurement {
  const script = join(packageRoot(), 'dist/bench/child.js');
  const answers = Array.from(
    { length: repeats },
    () => JSON.parse(runNode([script, JSON.stringify(job)]).output) as ChildAnswer,
  );
  const of = (key: keyof ChildAnswer): Spread => spreadOf(answers.map((answer) => answer[key]));
  return {
    network,
    moduleMs: of('moduleMs'),
    firstTileMs: of('firstTileMs'),
    preparedBytes: of('preparedBytes'),
    peakBytes: of('peakBytes'),
    ...known,
  };
}

export function startUpTable(measured: readonly StartUpMeasurement[]): Table {
  const megabytes = ({ median }: Spread): string => figure(median / 1e6);
  return table({
    title:
      'Start-up and memory, each in a process of its own that finds its mappings in the cache; DRAM commands',
    head: [
      ...['network', 'kernels compiled, ms', 'first tile execution, ms', "reference's first inference, ms"],
      ...['peak MB', 'of which before', 'goal MB', 'processes'],
    ],
    rows: measured.map(({ network, moduleMs, firstTileMs, firstInferenceMs, ...memory }) => [
      ...[network, spreadText(moduleMs), spreadText(firstTileMs)],
      firstInferenceMs === undefined ? '' : figure(firstInferenceMs),
      ...[megabytes(memory.peakBytes), megabytes(memory.preparedBytes)],
      `< ${figure(memory.goalBytes / 1e6)}`,
      String(memory.peakBytes.count),
    ]),
    note:
      'Memory is the largest resident set of the process, 1 MB = 10^6 bytes; before: until the weights lay ready. The first ' +
      'inference includes taking the weights into the memory of the reference.',
  });
}
