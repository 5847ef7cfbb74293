import { Worker } from 'node:worker_threads';
import { UserError } from '../document/userError.js';
import type { VariantResult } from '../report/result.js';
import { joinParts } from './joinParts.js';
import type { Searches } from './rememberedSearches.js';
import type { RunPart } from './runParts.js';
import type { Scenario } from './scenario.js';

/** What a thread is given. */
export interface RunWorkerData {
  readonly scenario: Scenario;
  /** Mappings that have been found for it. */
  readonly searches: Searches;
}

/** What a thread says of a part. */
export type RunAnswer =
  | { readonly kind: 'layer'; readonly layer: string }
  | { readonly kind: 'done'; readonly variant: VariantResult; readonly reference: string | undefined }
  /** The message of a `UserError`, with its place. */
  | { readonly kind: 'fault'; readonly message: string }
  | { readonly kind: 'failure'; readonly reason: unknown };

interface RunThreadsOptions {
  readonly signal: AbortSignal | undefined;
  /** Called after each layer of each batch, with the cell's place. */
  readonly onLayer: (cell: number, layer: string) => void;
}

/**
 * Runs parts of a scenario in threads of their own, as many at a time as there are to be, and joins what they found by cell. Of several faults
 * the one of the earliest part is thrown.
 *
 * @throws UserError as `simulate` does
 */
export async function runInThreads(
  scenario: Scenario,
  parts: readonly RunPart[],
  threads: number,
  searches: Searches,
  { signal, onLayer }: RunThreadsOptions,
): Promise<{ readonly variants: VariantResult[]; readonly reference: string | undefined }> {
  signal?.throwIfAborted();
  const workerData: RunWorkerData = { scenario, searches };
  const done: VariantResult[] = [];
  const faults = new Map<number, unknown>();
  const workers = new Set<Worker>();
  let reference: string | undefined;
  let next = 0;

  const runParts = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let at = -1;
      // Flags such as `--eval` are meant for the process's own program.
      const worker = new Worker(new URL('runWorker.js', import.meta.url), { workerData, execArgv: [] });
      workers.add(worker);
      const takeNext = (): void => {
        if (next >= parts.length || faults.size > 0) {
          resolve();
          return;
        }
        at = next++;
        worker.postMessage(parts[at]);
      };
      worker.on('message', (answer: RunAnswer) => {
        if (answer.kind === 'layer') {
          onLayer(parts[at].cell, answer.layer);
          return;
        }
        if (answer.kind === 'done') {
          done[at] = answer.variant;
          reference = answer.reference;
        } else faults.set(at, answer.kind === 'fault' ? new UserError(answer.message) : answer.reason);
        takeNext();
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        reject(new Error('a thread that runs the scenario has ended before its time'));
      });
      takeNext();
    });

  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([aborted, Promise.all(Array.from({ length: threads }, runParts))]);
  } finally {
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    await Promise.all([...workers].map((worker) => worker.terminate()));
  }
  const [earliest] = [...faults.keys()].sort((a, b) => a - b);
  if (faults.size > 0) throw faults.get(earliest);
  const variants = scenario.cells.map((_, cell) =>
    joinParts(done.filter((__, index) => parts[index].cell === cell)),
  );
  return { variants, reference };
}
