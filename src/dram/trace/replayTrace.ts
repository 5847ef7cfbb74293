import type { DramActivity } from '../activity.js';
import { createDramController } from '../controller/createDramController.js';
import type { ObserveCommand } from '../controller/dramController.js';
import type { ControllerSettings } from '../controllerSettings.js';
import { burstBytesOf, peakBytesPerSecond } from '../part.js';
import type { DramPart } from '../part.js';
import type { TraceFormat } from './format.js';
import { geometryOf } from './geometry.js';
import { readTrace } from './readTrace.js';
import type { ReadTraceOptions } from './readTrace.js';

/** What a trace of requests came to on a DRAM of its own. */
export interface Replay {
  readonly kind: 'replay';
  readonly format: TraceFormat;
  readonly reads: number;
  readonly writes: number;
  /** From clock 0 to the last data of the last request. */
  readonly clocks: number;
  readonly timePs: number;
  /** Bytes that moved on the data buses. */
  readonly bytes: number;
  readonly bandwidthBytesPerSecond: number;
  /** Of all channels. */
  readonly peakBytesPerSecond: number;
  readonly activity: DramActivity;
}

/** A file that holds commands, which a controller has nothing to do with. */
export interface CommandTrace {
  readonly kind: 'commands';
  readonly format: TraceFormat;
  readonly commands: number;
}

export interface ReplayOptions extends ReadTraceOptions {
  /** Told of the commands that the controller gives. */
  readonly observe?: ObserveCommand | undefined;
  /** Told of the commands that the file holds, if it is such a file. */
  readonly onFileCommand?: ObserveCommand | undefined;
}

/** Requests that the controller is given at a time. Far more than its queues hold, so that it always sees as many as it can. */
const batchRequests = 1 << 14;

/**
 * Runs the requests of a trace through a controller and its DRAM, each for the one burst that holds its address, in the order of the
 * file and none before its clock. A file of commands is read and told of, and nothing runs.
 *
 * @throws UserError for a malformed trace, an address beyond the device, an address map that does not fit the part
 */
export async function replayTrace(
  file: string,
  part: DramPart,
  settings: ControllerSettings,
  { observe, onFileCommand, ...options }: ReplayOptions = {},
): Promise<Replay | CommandTrace> {
  const geometry = geometryOf(part, settings);
  const controller = createDramController(part, settings, observe);
  let writes = 0;
  let inBatch = 0;
  let batch = controller.beginBatch();
  let batchBefore: number | undefined;
  const { format, entries } = await readTrace(
    file,
    geometry,
    {
      onRequest: (address, isWrite, clock) => {
        if (isWrite) writes++;
        controller.push(address, isWrite, clock, 0);
        if (++inBatch < batchRequests) return;
        // While the batch before this one is completed, this one is there to fill the queues.
        if (batchBefore !== undefined) controller.completedClock(batchBefore);
        batchBefore = batch;
        batch = controller.beginBatch();
        inBatch = 0;
      },
      onCommand: (...command) => onFileCommand?.(...command),
    },
    options,
  );
  if (format.kind === 'commands') return { kind: 'commands', format, commands: entries };
  const clocks = controller.finish();
  controller.idleUntil(clocks);
  const activity = controller.activity();
  const timePs = clocks * part.timing.tCKPs;
  const bytes = (activity.reads + activity.writes) * burstBytesOf(part.organisation);
  return {
    kind: 'replay',
    format,
    reads: entries - writes,
    writes,
    clocks,
    timePs,
    bytes,
    bandwidthBytesPerSecond: (bytes * 1e12) / timePs,
    peakBytesPerSecond: peakBytesPerSecond(part) * settings.channels,
    activity,
  };
}
