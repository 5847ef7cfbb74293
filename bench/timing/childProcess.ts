import { spawnSync } from 'node:child_process';

/** A process that has ended. */
export interface EndedProcess {
  /** From its start to its end. */
  readonly wallMs: number;
  readonly output: string;
}

const longestMs = 300_000;

/**
 * Runs Node with a script, and waits.
 *
 * @throws Error when it fails, with what it wrote on the error channel
 */
export function runNode(args: readonly string[], folder?: string): EndedProcess {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    ...{ encoding: 'utf8', timeout: longestMs, maxBuffer: 1 << 26, cwd: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const wallMs = performance.now() - start;
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${error?.message ?? stderr}`);
  return { wallMs, output: stdout };
}
