import { Worker } from 'node:worker_threads';
import type { CompiledKernels } from './compiled.js';
import type { SharedWasmMemory, WasmModule } from '../../tensor/kernels/webAssembly.js';

/** Kernels whose work can be cut into parts that share no result. */
export const threadedKernels = [
  'passIntegers',
  'passWide',
  'passFloats',
  'passFewPositions',
  'loadPatch',
] as const satisfies ReadonlyArray<keyof CompiledKernels>;
export type ThreadedKernel = (typeof threadedKernels)[number];

/** Threads that run parts of a kernel's work beside this one. */
export interface KernelThreads {
  /** This one included. */
  readonly count: number;
  /** Hands a part to another thread, from 1 on, which must have none. */
  begin(thread: number, kernel: ThreadedKernel, ...args: readonly number[]): void;
  /** Whether parts have been handed out that nobody has waited for. */
  readonly isBusy: boolean;
  /** Whether all parts are done. */
  isDone(): boolean;
  /** Waits until all parts are done. @throws Error when a thread failed or is gone */
  finish(): void;
  /** Starts the threads anew, none of which may have a part: a thread knows the memory only as large as it was when it began. */
  renew(): void;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Words of a thread's control block: main writes the part, then its number; the thread writes the number when it is done. */
export const controlWord = { begun: 0, done: 1, failed: 2, kernel: 3, argCount: 4, args: 5 } as const;
const mostArgs = 16;
const controlWords = controlWord.args + mostArgs;

/** What a thread is given. */
export interface KernelThreadData {
  readonly module: WasmModule;
  readonly memory: SharedWasmMemory;
  readonly control: Int32Array;
}

/** Parts are done in microseconds; who waits for longer lets the processor go. */
export const spins = 200_000;
/** Far more than any part takes, and than a thread takes to start. */
const longestWaitMs = 60_000;

/** Starts `count - 1` threads that work in a memory. They do not keep the process alive. */
export function startKernelThreads(
  count: number,
  module: WasmModule,
  memory: SharedWasmMemory,
): KernelThreads {
  let workers: readonly Worker[] = [];
  let controls: readonly Int32Array[] = [];
  const closing: Array<Promise<unknown>> = [];
  const start = (): void => {
    controls = Array.from(
      { length: count - 1 },
      () => new Int32Array(new SharedArrayBuffer(controlWords * Int32Array.BYTES_PER_ELEMENT)),
    );
    workers = controls.map((control) => {
      const workerData: KernelThreadData = { module, memory, control };
      // Flags such as `--eval` are meant for the process's own program.
      const worker = new Worker(new URL('kernelThread.js', import.meta.url), { workerData, execArgv: [] });
      worker.unref();
      return worker;
    });
  };
  start();
  let isBusy = false;
  return {
    count,
    get isBusy() {
      return isBusy;
    },
    isDone: () =>
      controls.every((control) => Atomics.load(control, controlWord.done) === control[controlWord.begun]),
    begin(thread, kernel, ...args) {
      const control = controls[thread - 1];
      control[controlWord.kernel] = threadedKernels.indexOf(kernel);
      control[controlWord.argCount] = args.length;
      for (let index = 0; index < args.length; index++) control[controlWord.args + index] = args[index];
      isBusy = true;
      Atomics.add(control, controlWord.begun, 1);
      Atomics.notify(control, controlWord.begun);
    },
    finish() {
      isBusy = false;
      for (const control of controls) waitFor(control);
    },
    renew() {
      closing.push(...workers.map((worker) => worker.terminate()));
      start();
    },
    async close() {
      await Promise.all([...closing, ...workers.map((worker) => worker.terminate())]);
    },
  };
}

function waitFor(control: Int32Array): void {
  const begun = control[controlWord.begun];
  for (let spin = 0; spin < spins; spin++) if (Atomics.load(control, controlWord.done) === begun) break;
  const giveUp = performance.now() + longestWaitMs;
  for (;;) {
    const done = Atomics.load(control, controlWord.done);
    if (done === begun) break;
    Atomics.wait(control, controlWord.done, done, longestWaitMs);
    if (performance.now() > giveUp) throw new Error('a thread of the kernels does not answer');
  }
  if (control[controlWord.failed] !== 0) throw new Error('a thread of the kernels failed');
}
