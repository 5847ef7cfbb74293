import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * A file of the published reference data that wider suites compare with, below the folder that
 * PSCONV_REFERENCE_DATA names. Where it is absent, says so and skips the calling suite or test.
 *
 * @param file path below that folder, such as `networks/network_totals.csv`
 * @returns the path of a file that exists
 */
export function requireReferenceData(context: Mocha.Context, file: string): string {
  const folder = process.env['PSCONV_REFERENCE_DATA'];
  const found = folder === undefined ? undefined : path.join(folder, file);
  if (found !== undefined && existsSync(found)) return found;
  const reason = folder === undefined ? 'PSCONV_REFERENCE_DATA is not set' : `${folder} does not hold it`;
  process.stdout.write(`    skipped: needs ${file}, and ${reason}\n`);
  return context.skip();
}
