import { openAtomically } from '../../document/writeAtomically.js';
import type { ObserveCommand } from '../controller/dramController.js';
import type { ControllerSettings } from '../controllerSettings.js';
import type { DramPart } from '../part.js';
import type { CommandFormat, OnRequest, RequestFormat } from './format.js';

/** A trace on its way to a file, which appears under its name only when it is complete. */
interface TraceSink {
  /** Completes the file. */
  readonly commit: () => void;
  /** Leaves nothing behind, unless the file was completed. */
  readonly discard: () => Promise<void>;
}

/** Takes requests in the order in which the DRAM is to have them. */
export interface RequestSink extends TraceSink {
  readonly write: OnRequest;
}

/** Takes commands as a controller tells of them. */
export interface CommandSink extends TraceSink {
  readonly write: ObserveCommand;
}

/** @throws UserError here and later when the file cannot be written */
export async function openRequestSink(path: string, format: RequestFormat): Promise<RequestSink> {
  const file = await openAtomically(path);
  return {
    write(address, isWrite, clock) {
      file.write(`${format.write(address, isWrite, clock)}\n`);
    },
    commit: file.commit,
    discard: file.discard,
  };
}

/** @throws UserError here and later when the file cannot be written */
export async function openCommandSink(
  path: string,
  format: CommandFormat,
  part: DramPart,
  settings: ControllerSettings,
): Promise<CommandSink> {
  const file = await openAtomically(path);
  const lines = format.createLines(part, settings);
  file.write(lines.heading);
  return {
    write: (...command) => {
      file.write(lines.write(...command));
    },
    commit: file.commit,
    discard: file.discard,
  };
}
