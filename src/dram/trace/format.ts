import type { ObserveCommand } from '../controller/dramController.js';
import type { ControllerSettings } from '../controllerSettings.js';
import type { DramPart } from '../part.js';
import type { TraceGeometry } from './geometry.js';
import type { TraceLine } from './traceLine.js';

/**
 * Told of every request of a trace, in order.
 *
 * @param clock DRAM clock before which it does not come; 0 throughout in traces without times
 */
export type OnRequest = (address: number, isWrite: boolean, clock: number) => void;

/** A form in which requests to a DRAM are written down, one a line. */
export interface RequestFormat {
  readonly kind: 'requests';
  readonly name: string;
  readonly description: string;
  /** Whether a line looks like one of this form, be it faulty or not. */
  readonly recognises: (line: string) => boolean;
  /**
   * @param line at its first field
   * @throws UserError with file, line and column
   */
  readonly read: (line: TraceLine, geometry: TraceGeometry, onRequest: OnRequest) => void;
  /** A line without its end. */
  readonly write: (address: number, isWrite: boolean, clock: number) => string;
}

/** Turns commands into lines. */
export interface CommandLines {
  /** Whole lines before the first command; may be empty. */
  readonly heading: string;
  /** Lines of a command, each with its end; empty for one that the form has no word for. */
  readonly write: (...command: Parameters<ObserveCommand>) => string;
}

/** A form in which the commands of a controller are written down, one a line. */
export interface CommandFormat {
  readonly kind: 'commands';
  readonly name: string;
  readonly description: string;
  /** How it is read; absent where it is only written. */
  readonly reading?: {
    readonly recognises: (line: string) => boolean;
    /**
     * @param line at its first field
     * @throws UserError with file, line and column
     */
    readonly read: (line: TraceLine, geometry: TraceGeometry, onCommand: ObserveCommand) => void;
  };
  readonly createLines: (part: DramPart, settings: ControllerSettings) => CommandLines;
}

export type TraceFormat = RequestFormat | CommandFormat;
