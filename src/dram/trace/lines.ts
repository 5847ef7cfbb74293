import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../document/userError.js';
import { TraceLine } from './traceLine.js';

export interface LineOptions {
  /** Bytes that are read at once. */
  readonly chunkBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Longer lines are no trace's: most likely the file holds no text. */
const longestLineBytes = 1 << 16;

/**
 * Calls with every line of a file that is neither blank nor only a comment. Lines end in LF or CRLF, the last one in either or
 * nothing. The file is read a chunk at a time and may be of any length; between two chunks others have their turn.
 *
 * @param onLine the line is the same object at each call
 * @throws UserError when the file cannot be read, or has a line that is too long
 */
export async function forEachLine(
  file: string,
  onLine: (line: TraceLine) => void,
  { chunkBytes = 1 << 20, signal }: LineOptions = {},
): Promise<void> {
  const handle = await open(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    const buffer = Buffer.allocUnsafe(longestLineBytes + chunkBytes);
    const line = new TraceLine(file, buffer);
    const give = (start: number, end: number): void => {
      line.set(start, end > start && buffer[end - 1] === carriageReturn ? end - 1 : end);
      if (line.next()) onLine(line);
    };
    /** Bytes at the start of the buffer that belong to a line whose end has not been read. */
    let held = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, held, chunkBytes, null).catch((error: unknown) => {
        throw unreadable(file, error);
      });
      if (bytesRead === 0) break;
      const end = held + bytesRead;
      let start = 0;
      // What was held has no line feed.
      for (let at = indexOf(buffer, held, end); at >= 0; at = indexOf(buffer, start, end)) {
        give(start, at);
        start = at + 1;
      }
      held = end - start;
      if (held > longestLineBytes) {
        line.set(start, end);
        throw line.fault(
          `expected lines of at most ${longestLineBytes} bytes, got a longer one; is it a text file?`,
        );
      }
      buffer.copyWithin(0, start, end);
      await setImmediate();
      signal?.throwIfAborted();
    }
    if (held > 0) give(0, held);
  } finally {
    await handle.close();
  }
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function indexOf(buffer: Buffer, start: number, end: number): number {
  const at = buffer.indexOf(lineFeed, start);
  return at < end ? at : -1;
}

function unreadable(file: string, error: unknown): UserError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'expected a file, got none of this name',
    EISDIR: 'expected a file, got a folder',
    EACCES: 'cannot be read: no permission',
  };
  return new UserError(reasons[code] ?? `cannot be read (${code})`, { file });
}
