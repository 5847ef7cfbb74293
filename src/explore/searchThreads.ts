import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { StoredSearch } from './mappingCache.js';
import type { SearchTask } from './searchTask.js';

/** How many threads search for mappings at most; `auto`: as many as there are processors, where that pays. */
export type Jobs = number | 'auto';

/** What a search in another thread will have found; undefined where it failed, which it does again, with the reason, when it is repeated. */
export type PendingSearch = Promise<StoredSearch | undefined>;

/** Threads that search for mappings beside this one. */
export interface SearchThreads {
  /**
   * Begins searches, in this order.
   *
   * @returns what each will have found; undefined where starting threads for so few searches takes longer than they do
   */
  begin(tasks: readonly SearchTask[]): PendingSearch[] | undefined;
  /** Ends all threads at once; searches that are under way are rejected. */
  close(): Promise<void>;
}

/** What a thread says of a search; nothing where it failed. */
export interface SearchAnswer {
  readonly found?: StoredSearch;
}

interface Asked {
  readonly task: SearchTask;
  readonly resolve: (found: StoredSearch | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** More threads than this are not started unless asked for. */
const mostThreads = 8;

/**
 * Prepares threads for searching. They start when there is work for them, and stay until they are closed.
 *
 * @param signal rejects all searches when it is aborted
 */
export function createSearchThreads(jobs: Jobs, signal?: AbortSignal): SearchThreads {
  const queue: Asked[] = [];
  const workers = new Map<Worker, Asked | undefined>();
  let over: { readonly reason: unknown } | undefined;

  const end = (reason: unknown): void => {
    if (over !== undefined) return;
    over = { reason };
    for (const asked of [...queue.splice(0), ...workers.values()]) asked?.reject(reason);
  };
  const onAbort = (): void => {
    end(signal?.reason);
  };
  const giveWork = (worker: Worker): void => {
    workers.set(worker, undefined);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        worker.postMessage(next.task);
        workers.set(worker, next);
        return;
      } catch {
        // What cannot be sent is searched for where it is asked for.
        next.resolve(undefined);
      }
    }
  };
  const start = (): void => {
    // Flags such as `--eval` are meant for the process's own program.
    const worker = new Worker(new URL('searchWorker.js', import.meta.url), { execArgv: [] });
    worker.on('message', ({ found }: SearchAnswer) => {
      workers.get(worker)?.resolve(found);
      giveWork(worker);
    });
    worker.on('error', end);
    worker.on('exit', () => {
      end(new Error('a thread that searches for mappings has ended before its time'));
    });
    giveWork(worker);
  };
  const add = (task: SearchTask): PendingSearch => {
    const pending = new Promise<StoredSearch | undefined>((resolve, reject) => {
      if (over === undefined) queue.push({ task, resolve, reject });
      else reject(over.reason);
    });
    // Whoever never comes to ask for it need not hear that it failed.
    pending.catch(() => undefined);
    return pending;
  };

  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  return {
    begin: (tasks) => {
      const threads = Math.max(workers.size, threadsFor(jobs, tasks));
      if (threads < 2 || tasks.length === 0) return undefined;
      const begun = tasks.map(add);
      for (const [worker, asked] of workers) if (asked === undefined) giveWork(worker);
      while (workers.size < threads && queue.length > 0) start();
      return begun;
    },
    close: async () => {
      signal?.removeEventListener('abort', onAbort);
      end(new Error('the threads that search for mappings were closed'));
      await Promise.all([...workers.keys()].map((worker) => worker.terminate()));
    },
  };
}

/**
 * A thread takes 0.2 to 0.3 s to start. A quick search takes about 0.1 s, and one through a larger space a second or more (ResNet-18 for
 * CIFAR-10 on its 32x32 array).
 */
function threadsFor(jobs: Jobs, tasks: readonly SearchTask[]): number {
  if (jobs !== 'auto') return Math.min(jobs, tasks.length);
  const quick = tasks.filter(({ effort: { space = 'halved' } }) => space === 'halved').length;
  const worthwhile = Math.floor(quick / 8 + (tasks.length - quick) / 2);
  return Math.min(availableParallelism(), mostThreads, worthwhile);
}
