import type { Tensor } from '@tensorflow/tfjs-core';
import type { ReferenceBackend } from './backend.js';

/** The same backend for one owner: `dispose` frees what was held through it, and nothing that others hold. */
export function scopedBackend(backend: ReferenceBackend): ReferenceBackend {
  const held = new Set<Tensor>();
  const release = (tensors: Iterable<Tensor>): void => {
    backend.release([...tensors].filter((tensor) => held.delete(tensor)));
  };
  return {
    ...backend,
    hold: (create) => {
      const tensor = backend.hold(create);
      held.add(tensor);
      return tensor;
    },
    release,
    dispose: () => {
      release([...held]);
    },
  };
}
