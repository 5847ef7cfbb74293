import { expect } from 'chai';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/document/userError.js';

/** The one-line message that an action is refused with. */
export async function refusal(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).to.not.match(/[\p{Cc}\u2028\u2029]/u);
    return error.message;
  }
  throw new Error('expected a refusal, got none');
}

/** Runs a test in a folder of its own, which is removed afterwards. */
export async function inFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'psconv-')));
  try {
    return await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
