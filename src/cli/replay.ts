import { basename, dirname, resolve } from 'node:path';
import { displayPath } from '../document/userError.js';
import { refuseUnwritable, writeFilesAtomically } from '../document/writeAtomically.js';
import { checkCommands } from '../dram/checker/checkCommands.js';
import type { CheckResult } from '../dram/checker/checkCommands.js';
import type { ObserveCommand } from '../dram/controller/dramController.js';
import { backgroundOf, dramEnergy } from '../dram/dramEnergy.js';
import { createCommandLog } from '../dram/trace/commandLog.js';
import { commandFormats, findTraceFormat, readableFormats } from '../dram/trace/formats.js';
import { replayTrace } from '../dram/trace/replayTrace.js';
import type { Replay } from '../dram/trace/replayTrace.js';
import { openCommandSink } from '../dram/trace/writeTrace.js';
import { replayRecord, replayTable } from '../report/replayReport.js';
import { timingReport } from '../report/timingReport.js';
import { toJson } from '../report/writeResults.js';
import { exitCodes } from './exitCodes.js';
import { interruptible } from './interruptible.js';
import { replayTarget } from './replayTarget.js';
import type { ReplayTarget, TargetArguments } from './replayTarget.js';

/** Options of `psconv replay`, as the command line gives them. */
export interface ReplayArguments extends TargetArguments {
  readonly format?: string;
  readonly commands?: string;
  readonly commandsFormat: string;
  /** Holds the commands against the timings of the part. */
  readonly check?: boolean;
  /** A file, or `true` for the terminal. */
  readonly json?: string | true;
}

/**
 * Runs a trace of requests through a memory controller and its DRAM alone, and prints what it came to. A trace of commands is not run but
 * checked.
 *
 * @returns the process's exit code
 */
export function replay(file: string, options: ReplayArguments): Promise<number> {
  // From the first file on that it opens, so that none is left behind.
  return interruptible((signal) => replayUntil(signal, file, options));
}

async function replayUntil(signal: AbortSignal, file: string, options: ReplayArguments): Promise<number> {
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
  const log = createCommandLog();
  const observers = [
    ...(sink === undefined ? [] : [sink.write]),
    ...(options.check === true ? [log.add] : []),
  ];
  const observe: ObserveCommand | undefined =
    observers.length === 0
      ? undefined
      : (...command) => {
          for (const each of observers) each(...command);
        };
  const check = (endClock?: number): CheckResult =>
    checkCommands(log.sorted(), part, { ...settings, refresh: settings.refresh !== 'none', endClock });
  try {
    const result = await replayTrace(path, part, settings, {
      ...{ format, signal, observe },
      onFileCommand: log.add,
    });
    if (result.kind === 'commands') {
      console.log(`${displayPath(path)}: a trace of commands is checked, not run`);
      return report(check(), part, options);
    }
    const record = replayRecord(displayPath(path), result, part, settings, energyOf(result, target));
    if (typeof options.json === 'string') {
      const target = resolve(options.json);
      await writeFilesAtomically(dirname(target), { [basename(target)]: toJson(record) });
    }
    sink?.commit();
    console.log(options.json === true ? toJson(record).trimEnd() : replayTable(record, part.timing.tCKPs));
    if (options.json !== true) {
      for (const each of [options.commands, options.json]) {
        if (each !== undefined) console.log(`\nwritten: ${displayPath(resolve(each))}`);
      }
    }
    return options.check === true ? report(check(result.clocks), part, options) : exitCodes.success;
  } finally {
    await sink?.discard();
  }
}

/** Says what the check came to, beside the terminal's output where that is a summary for machines. */
function report(result: CheckResult, { name }: ReplayTarget['part'], { json }: ReplayArguments): number {
  (json === true ? console.error : console.log)(timingReport(result, name));
  return result.violationCount === 0 ? exitCodes.success : exitCodes.failedCheck;
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
