import { UserError } from '../../document/userError.js';
import type { ObserveCommand } from '../controller/dramController.js';
import type { OnRequest, TraceFormat } from './format.js';
import { readableFormats } from './formats.js';
import type { TraceGeometry } from './geometry.js';
import { forEachLine } from './lines.js';
import type { LineOptions } from './lines.js';
import type { TraceLine } from './traceLine.js';

export interface TraceReader {
  readonly onRequest: OnRequest;
  readonly onCommand: ObserveCommand;
}

export interface ReadTraceOptions extends LineOptions {
  /** Otherwise the first line that holds anything tells. */
  readonly format?: TraceFormat | undefined;
}

/**
 * Reads a trace of requests or commands of any length, calling for each in turn.
 *
 * @returns the form that the file has, and its lines that hold a request or a command
 * @throws UserError with file, line and column for a malformed line, a form that cannot be told, an address or a place that
 *   the DRAM does not have
 */
export async function readTrace(
  file: string,
  geometry: TraceGeometry,
  { onRequest, onCommand }: TraceReader,
  { format: given, ...options }: ReadTraceOptions = {},
): Promise<{ readonly format: TraceFormat; readonly entries: number }> {
  let format = given;
  let entries = 0;
  let read: ((line: TraceLine) => void) | undefined;
  await forEachLine(
    file,
    (line) => {
      if (read === undefined) {
        format ??= recognise(line);
        read = readerOf(format, geometry, onRequest, onCommand);
      }
      read(line);
      entries++;
    },
    options,
  );
  if (format === undefined || entries === 0) {
    throw new UserError('expected a trace with at least one request or command, got none', { file });
  }
  return { format, entries };
}

function readerOf(
  format: TraceFormat,
  geometry: TraceGeometry,
  onRequest: OnRequest,
  onCommand: ObserveCommand,
): (line: TraceLine) => void {
  if (format.kind === 'requests') {
    return (line) => {
      format.read(line, geometry, onRequest);
    };
  }
  const { reading } = format;
  if (reading === undefined) throw new UserError(`traces of form ${format.name} are written only`);
  return (line) => {
    reading.read(line, geometry, onCommand);
  };
}

function recognise(line: TraceLine): TraceFormat {
  const text = line.text();
  const found = readableFormats.find((format) =>
    format.kind === 'requests' ? format.recognises(text) : format.reading?.recognises(text) === true,
  );
  if (found !== undefined) return found;
  const names = readableFormats.map(({ name }) => name).join(', ');
  throw line.fault(
    `expected a line of a trace (${names}), got one that is none of them; say which it is to be with --format`,
  );
}
