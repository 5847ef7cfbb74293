import { levels } from '../energy/charge.js';
import type { Level } from '../energy/charge.js';
import type { Energy } from '../energy/layerEnergy.js';
import { tensors } from '../tensor/dataSpace.js';

/** One part of an energy, as people call it, in pJ. The parts of a split add up to the whole. */
export interface EnergyPart {
  readonly name: string;
  readonly pj: (energy: Energy) => number;
}

export const dramPart: EnergyPart = { name: 'DRAM', pj: ({ componentsPj }) => componentsPj.dram };

/** By component: buffers by the names that they have in any of the energies, the DRAM as one. */
export function componentParts(energies: readonly Energy[]): EnergyPart[] {
  const names = [...new Set(energies.flatMap(({ componentsPj }) => Object.keys(componentsPj.buffers)))];
  return [
    { name: 'MAC', pj: ({ componentsPj }) => componentsPj.mac },
    { name: 'register files', pj: ({ componentsPj }) => componentsPj.registerFiles },
    ...names.map((name): EnergyPart => ({ name, pj: ({ componentsPj }) => componentsPj.buffers[name] ?? 0 })),
    { name: 'wires', pj: ({ componentsPj }) => componentsPj.network },
    { name: 'pattern table', pj: ({ componentsPj }) => componentsPj.patternTable },
    { name: 'decoder', pj: ({ componentsPj }) => componentsPj.decoder },
    { name: 'post-processor', pj: ({ componentsPj }) => componentsPj.postProcessor },
    { name: 'DMA', pj: ({ componentsPj }) => componentsPj.dma },
    dramPart,
    { name: 'clock', pj: ({ componentsPj }) => componentsPj.clock },
    { name: 'leakage', pj: ({ componentsPj }) => componentsPj.leakage },
  ];
}

const levelNames: Readonly<Record<Level, string>> = {
  dram: 'DRAM',
  buffers: 'buffers',
  network: 'network',
  registerFiles: 'register files',
  arithmetic: 'arithmetic',
  control: 'control',
  idle: 'idle',
};

/** By level, from the outside in. */
export const levelParts: readonly EnergyPart[] = levels.map((level) => ({
  name: levelNames[level],
  pj: ({ levelsPj }) => levelsPj[level],
}));

/** By the tensor that is moved; `none` is what belongs to no tensor. */
export const tensorParts: readonly EnergyPart[] = [
  ...tensors.map((tensor): EnergyPart => ({ name: tensor, pj: ({ tensorsPj }) => tensorsPj[tensor] })),
  { name: 'none', pj: ({ withoutTensorPj }) => withoutTensorPj },
];
