/** A thread of `startKernelThreads`: runs one part of a kernel's work after the other. */
import { workerData } from 'node:worker_threads';
import { bindKernels } from './compiled.js';
import { controlWord, spins, threadedKernels } from './threads.js';
import type { KernelThreadData } from './threads.js';

const { module, memory, control } = workerData as KernelThreadData;
const kernels = bindKernels(module, memory);
const functions: ReadonlyArray<(...args: readonly number[]) => void> = threadedKernels.map(
  (name) => kernels[name],
);

for (let done = 0; ;) {
  for (let spin = 0; spin < spins && Atomics.load(control, controlWord.begun) === done; spin++);
  // Who spins may be told of a part that it has done by now, and wakes without one.
  while (Atomics.load(control, controlWord.begun) === done) Atomics.wait(control, controlWord.begun, done);
  const args = control.subarray(controlWord.args, controlWord.args + control[controlWord.argCount]);
  try {
    functions[control[controlWord.kernel]](...args);
  } catch {
    control[controlWord.failed] = 1;
  }
  done++;
  Atomics.store(control, controlWord.done, done);
  Atomics.notify(control, controlWord.done);
}
