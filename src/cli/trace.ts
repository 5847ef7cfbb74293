import { displayPath } from '../document/userError.js';
import { resolve } from 'node:path';
import { findTraceFormat, traceFormats } from '../dram/trace/formats.js';
import { openCommandSink, openRequestSink } from '../dram/trace/writeTrace.js';
import type { CommandSink, RequestSink } from '../dram/trace/writeTrace.js';
import { loadScenario } from '../explore/scenario.js';
import { traceDram } from '../explore/traceDram.js';
import { formatCount } from '../report/format.js';
import { interruptible } from './interruptible.js';

/** Options of `psconv trace`, as the command line gives them. */
export interface TraceArguments {
  readonly layer?: string;
  readonly variant?: string;
  readonly dataflow?: string;
  readonly format: string;
  readonly out: string;
}

/** Writes what the DRAM is asked for, or told, in the layers of a scenario's first cell. */
export async function traceScenario(file: string, options: TraceArguments): Promise<void> {
  const format = findTraceFormat(options.format, traceFormats);
  const scenario = await loadScenario(file, {
    variants: options.variant === undefined ? undefined : [options.variant],
    dataflows: options.dataflow === undefined ? undefined : [options.dataflow],
    layers: options.layer === undefined ? undefined : [options.layer],
  });
  let sink: RequestSink | CommandSink | undefined;
  let entries = 0;
  try {
    const traced = await interruptible((signal) =>
      traceDram(scenario, signal, async ({ part, controller }) => {
        if (format.kind === 'requests') {
          const requests = await openRequestSink(options.out, format);
          sink = requests;
          return {
            observeRequest: (address, isWrite, clock) => {
              entries++;
              requests.write(address, isWrite, clock);
            },
          };
        }
        const commands = await openCommandSink(options.out, format, part, controller);
        sink = commands;
        return {
          observeCommand: (...command) => {
            entries++;
            commands.write(...command);
          },
        };
      }),
    );
    sink?.commit();
    const { layers, variant, dataflow, dram } = traced;
    console.log(
      `${layers.length === 1 ? `layer ${layers[0]}` : `${layers.length} layers`}, ${variant}, ${dataflow} on ${dram.part.name}: ` +
        `${formatCount(entries)} ${format.kind}: ${displayPath(resolve(options.out))}`,
    );
  } finally {
    await sink?.discard();
  }
}
