import { isAbsolute, relative, sep } from 'node:path';

/** Where in a user's file a fault lies. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * A fault that the user can mend: bad input, an impossible request, an unwritable folder.
 *
 * The message is one line and complete in itself (where, what was expected, what was found, what to try):
 * the command line prints it as it stands and never shows a stack trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly location: Location | undefined;

  constructor(message: string, location?: Location) {
    super(location === undefined ? message : `${formatLocation(location)}: ${message}`);
    this.location = location;
  }
}

/** `configs/x.yaml:12:5`, or as much of it as is known. */
export function formatLocation({ file, line, column }: Location): string {
  return [displayPath(file), line, column].filter((part) => part !== undefined).join(':');
}

/** A path as people read it: relative to the working directory when it lies inside, on one line in any case. */
export function displayPath(file: string): string {
  const inside = relative(process.cwd(), file);
  const shown = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return oneLine(shown ? file : inside);
}

/** Control characters and line breaks as escapes: messages are one line, and never steer a terminal. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => JSON.stringify(character).slice(1, -1));
}
