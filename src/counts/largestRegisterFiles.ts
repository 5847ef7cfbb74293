import type { RegisterTensor } from '../dataflow/counters.js';
import type { RegisterEntries } from '../dataflow/dataflow.js';
import type { LayerCounts } from './layerCounts.js';

/** Entries that each register file of a PE needs for all layers, one after the other. */
export function largestRegisterFiles(
  layers: ReadonlyArray<Pick<LayerCounts, 'registerEntries'>>,
): RegisterEntries {
  const most = (tensor: RegisterTensor): number =>
    layers.reduce((largest, { registerEntries }) => Math.max(largest, registerEntries[tensor]), 0);
  return { ifmap: most('ifmap'), weight: most('weight'), psum: most('psum') };
}
