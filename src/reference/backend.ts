import type * as TfCore from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { UserError } from '../document/userError.js';

export type TensorFlow = typeof TfCore;

export const referenceChoices = ['auto', 'wasm', 'cpu', 'node'] as const;
/** `auto` takes the native library when it is installed and loads, and WebAssembly otherwise. */
export type ReferenceChoice = (typeof referenceChoices)[number];
type ReferenceKind = Exclude<ReferenceChoice, 'auto'>;

/** A TensorFlow.js backend that is ready to compute. */
export interface ReferenceBackend {
  /** Library, version and backend, as reports print it: `tensorflow.js 4.22.0 wasm`. */
  readonly name: string;
  readonly tf: TensorFlow;
  /** Computes on this backend and frees every tensor made meanwhile that was not held. */
  run<T>(compute: () => T): T;
  /** A tensor that outlives `run`, until it is released or the backend disposed. */
  hold<T extends Tensor>(create: () => T): T;
  release(tensors: Iterable<Tensor>): void;
  /** Frees all tensors held. No thread or handle is left that would keep the process alive. */
  dispose(): void;
}

/** TensorFlow.js's own names of the backends. */
const registeredNames: Record<ReferenceKind, string> = { wasm: 'wasm', cpu: 'cpu', node: 'tensorflow' };

/**
 * Loads TensorFlow.js with the backend asked for, single-threaded and without its console output.
 *
 * TensorFlow.js has one active backend per process; several references may be open, since each makes its own backend
 * the active one whenever it computes.
 *
 * @throws UserError when the backend does not load.
 */
export async function openReference(choice: ReferenceChoice): Promise<ReferenceBackend> {
  const tf = await import('@tensorflow/tfjs-core');
  tf.enableProdMode();
  if (choice !== 'auto') {
    await load(tf, choice);
    return backendOf(tf, choice);
  }
  try {
    await load(tf, 'node');
    return backendOf(tf, 'node');
  } catch {
    await load(tf, 'wasm');
    return backendOf(tf, 'wasm');
  }
}

async function load(tf: TensorFlow, kind: ReferenceKind): Promise<void> {
  let reason = 'it did not start';
  try {
    if (await start(tf, kind)) return;
  } catch (error) {
    reason = firstLine(error);
  }
  const advice =
    kind === 'node'
      ? 'install it with "npm install @tensorflow/tfjs-node@4.22.0", or choose the reference "wasm", which needs no native library'
      : 'run "npm ci" to install it again, or choose another reference (wasm, cpu, node)';
  throw new UserError(
    `reference: expected TensorFlow.js's backend "${kind}" to load, found: ${reason}; ${advice}`,
  );
}

async function start(tf: TensorFlow, kind: ReferenceKind): Promise<boolean> {
  if (kind === 'wasm') return startWasm(tf);
  if (kind === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else {
    // Not a literal: the package is optional, and the compiler must not ask for its types.
    const specifier: string = '@tensorflow/tfjs-node';
    await import(specifier);
  }
  return tf.setBackend(registeredNames[kind]);
}

async function startWasm(tf: TensorFlow): Promise<boolean> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  // The threaded module starts workers even for one thread, and they would keep the process alive.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setThreadsCount(1);
  try {
    return await tf.setBackend(registeredNames.wasm);
  } finally {
    // The module's loader takes over the process's error handling; that belongs to the program.
    events.forEach((event, index) => {
      for (const listener of process.rawListeners(event)) {
        if (!before[index].includes(listener)) process.removeListener(event, listener as () => void);
      }
    });
  }
}

function backendOf(tf: TensorFlow, kind: ReferenceKind): ReferenceBackend {
  const registered = registeredNames[kind];
  const held = new Set<Tensor>();
  const activate = (): void => {
    // Takes effect at once for a backend that has been initialized; only the first call waits.
    if (tf.getBackend() !== registered) void tf.setBackend(registered);
  };
  const release = (tensors: Iterable<Tensor>): void => {
    for (const tensor of tensors) {
      if (held.delete(tensor)) tensor.dispose();
    }
  };
  return {
    name: `tensorflow.js ${tf.version_core} ${kind}`,
    tf,
    run: (compute) => {
      activate();
      // tf.tidy allows tensors and containers of tensors as results only.
      tf.engine().startScope('reference');
      try {
        return compute();
      } finally {
        tf.engine().endScope();
      }
    },
    hold: (create) => {
      activate();
      const tensor = tf.keep(create());
      held.add(tensor);
      return tensor;
    },
    release,
    dispose: () => {
      release([...held]);
    },
  };
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0].trim();
}
