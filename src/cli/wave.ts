import { basename, dirname, resolve } from 'node:path';
import { displayPath, UserError } from '../document/userError.js';
import { writeFilesAtomically } from '../document/writeAtomically.js';
import { loadScenario } from '../explore/scenario.js';
import { observePass } from '../explore/wave.js';
import { createTextTrace } from '../report/arrayTrace.js';
import type { TraceWindow, TraceWriter } from '../report/arrayTrace.js';
import { createVcd } from '../report/vcd.js';

/** Options of `psconv wave`, as the command line gives them. Ranges are inclusive. */
export interface WaveArguments {
  readonly layer: string;
  readonly variant?: string;
  readonly dataflow?: string;
  readonly pass: number;
  readonly rows?: readonly [number, number];
  readonly columns?: readonly [number, number];
  readonly cycles?: readonly [number, number];
  readonly vcd?: string;
  readonly text?: string;
}

/** More register states than this make files that no viewer opens. */
const mostStates = 20_000_000;

/** Writes what a window of the array holds, cycle by cycle, in one pass of a layer. Without files the text goes to the terminal. */
export async function wave(file: string, options: WaveArguments): Promise<void> {
  const scenario = await loadScenario(file, {
    variants: options.variant === undefined ? undefined : [options.variant],
    dataflows: options.dataflow === undefined ? undefined : [options.dataflow],
    layers: [options.layer],
  });
  const { rows, columns } = scenario.accelerator.array;
  const window: TraceWindow = {
    rows: within('--rows', options.rows, rows),
    columns: within('--columns', options.columns, columns),
    cycles: options.cycles === undefined ? [0, Infinity] : [options.cycles[0], options.cycles[1] + 1],
  };
  const pes = (window.rows[1] - window.rows[0]) * (window.columns[1] - window.columns[0]);
  const writers = new Map<string, TraceWriter>();
  let cycles = 0;
  const observed = await observePass(scenario, options, ({ shape, periodPs, isFloat }) => {
    if (options.vcd !== undefined) writers.set(options.vcd, createVcd(shape, window, { periodPs, isFloat }));
    if (options.text !== undefined || options.vcd === undefined)
      writers.set(options.text ?? '', createTextTrace(shape, window));
    return (state) => {
      if (!state.isAfterPass) cycles = state.cycle + 1;
      if (Math.min(cycles, window.cycles[1]) - window.cycles[0] > mostStates / pes) {
        throw new UserError(
          `expected a window of at most ${mostStates} PE cycles, got ${pes} PEs for more than ` +
            `${Math.floor(mostStates / pes)} cycles; narrow --rows, --columns or --cycles`,
        );
      }
      for (const writer of writers.values()) writer.observe(state);
    };
  });
  if (window.cycles[0] >= cycles) {
    throw new UserError(
      `--cycles: expected cycles of the pass, which has ${cycles}, got a start at ${window.cycles[0]}`,
    );
  }
  const title =
    `layer ${options.layer}, ${observed.variant}, ${observed.dataflow} on ${rows}x${columns}: ` +
    `pass ${options.pass} of ${observed.passes}, ${cycles} cycles`;
  for (const [target, writer] of writers) {
    if (target === '') {
      console.log(`# ${title}`);
      console.log(writer.text().trimEnd());
      continue;
    }
    const path = resolve(target);
    const heading = target === options.vcd ? '' : `# ${title}\n`;
    await writeFilesAtomically(dirname(path), { [basename(path)]: heading + writer.text() });
    console.log(`${title}: ${displayPath(path)}`);
  }
}

function within(
  option: string,
  range: readonly [number, number] | undefined,
  size: number,
): readonly [number, number] {
  if (range === undefined) return [0, size];
  const [start, last] = range;
  if (last >= size)
    throw new UserError(`${option}: expected PEs of an array of ${size}, got ${start}-${last}`);
  return [start, last + 1];
}
