import { basename, dirname, resolve } from 'node:path';
import { displayPath } from '../document/userError.js';
import { refuseUnwritable, writeFilesAtomically } from '../document/writeAtomically.js';
import { backgroundOf, dramEnergy } from '../dram/dramEnergy.js';
import { commandFormats, findTraceFormat, readableFormats } from '../dram/trace/formats.js';
import { replayTrace } from '../dram/trace/replayTrace.js';
import type { Replay } from '../dram/trace/replayTrace.js';
import { openCommandSink } from '../dram/trace/writeTrace.js';
import { formatCount } from '../report/format.js';
import { replayRecord, replayTable } from '../report/replayReport.js';
import { toJson } from '../report/writeResults.js';
import { interruptible } from './interruptible.js';
import { replayTarget } from './replayTarget.js';
import type { ReplayTarget, TargetArguments } from './replayTarget.js';

/** Options of `psconv replay`, as the command line gives them. */
export interface ReplayArguments extends TargetArguments {
  readonly format?: string;
  readonly commands?: string;
  readonly commandsFormat: string;
  /** A file, or `true` for the terminal. */
  readonly json?: string | true;
}

/** Runs a trace of requests through a memory controller and its DRAM alone, and prints what it came to. */
export async function replay(file: string, options: ReplayArguments): Promise<void> {
  const path = resolve(file);
  const format = options.format === undefined ? undefined : findTraceFormat(options.format, readableFormats);
  const commandFormat = findTraceFormat(options.commandsFormat, commandFormats);
  const target = await replayTarget(options);
  const { part, settings } = target;
  if (typeof options.json === 'string') await refuseUnwritable(dirname(resolve(options.json)));
  const sink =
    options.commands === undefined
      ? undefined
      : await openCommandSink(options.commands, commandFormat, part, settings);
  try {
    const result = await interruptible((signal) =>
      // Here the commands can be kept for the checker of timings: `observe` of a `createCommandLog()`, whose `sorted()` it reads.
      replayTrace(path, part, settings, { format, signal, observe: sink?.write }),
    );
    if (result.kind === 'commands') {
      // Here a trace of commands can be checked; that is all that can be done with it.
      console.log(
        `${displayPath(path)}: ${formatCount(result.commands)} commands that ${part.name} can address; a trace of ` +
          'commands is not run',
      );
      return;
    }
    const record = replayRecord(displayPath(path), result, part, settings, energyOf(result, target));
    if (typeof options.json === 'string') {
      const target = resolve(options.json);
      await writeFilesAtomically(dirname(target), { [basename(target)]: toJson(record) });
    }
    sink?.commit();
    console.log(options.json === true ? toJson(record).trimEnd() : replayTable(record, part.timing.tCKPs));
    if (options.json === true) return;
    for (const each of [options.commands, options.json]) {
      if (each !== undefined) console.log(`\nwritten: ${displayPath(resolve(each))}`);
    }
  } finally {
    await sink?.discard();
  }
}

/** Picojoules by what took them; undefined where neither the part nor its user says what an access takes. */
function energyOf(
  { activity, bytes }: Replay,
  { part, energyPjPerBit }: ReplayTarget,
): Record<string, number> | undefined {
  if (energyPjPerBit !== undefined) return { transfers: bytes * 8 * energyPjPerBit };
  if (part.rails.length === 0) return undefined;
  const { activatePj, readPj, writePj, refreshPj, backgroundPj } = dramEnergy(activity, part);
  return {
    activate: activatePj,
    read: readPj,
    write: writePj,
    refresh: refreshPj,
    background: backgroundOf(backgroundPj),
  };
}
