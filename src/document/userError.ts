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
    super(location === undefined ? message : `${formatLocation(location)} ${message}`);
    this.location = location;
  }
}

/** `configs/x.yaml:12:5`, or as much of it as is known. */
export function formatLocation(location: Location): string {
  const { file, line, column } = location;
  if (line === undefined) return `${file}:`;
  return column === undefined ? `${file}:${line}:` : `${file}:${line}:${column}`;
}
