import { UserError, oneLine } from '../document/userError.js';
import { exitCodes } from './exitCodes.js';

/** Thrown at Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Says in one line what went wrong and returns the exit code for it. */
export function reportFailure(error: unknown): number {
  if (error instanceof Interrupted) {
    console.error('psconv: interrupted; nothing was written');
    return exitCodes.interrupted;
  }
  if (error instanceof UserError) {
    console.error(`psconv: ${oneLine(error.message)}`);
    return exitCodes.badInput;
  }
  const message = error instanceof Error ? error.message : String(error);
  console.error(
    `psconv: internal error: ${oneLine(message)}; nothing was written. Please report it with the scenario.`,
  );
  if (process.env['PSCONV_DEBUG'] !== undefined) console.error(error);
  return exitCodes.internal;
}
