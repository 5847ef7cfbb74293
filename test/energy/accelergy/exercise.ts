import type { ActionArguments } from '../../../src/energy/accelergy/action.js';
import type { ActionCounts } from '../../../src/energy/accelergy/actionCounts.js';
import type { AreaReferenceTable } from '../../../src/energy/accelergy/areaReferenceTable.js';
import type { EnergyReferenceTable } from '../../../src/energy/accelergy/energyReferenceTable.js';

/*
 * The figures of "03_compound_architecture" of the public timeloop-accelergy-exercises (2020 ISPASS tutorial, reference outputs
 * of Accelergy 0.3, 45 nm), as far as its action counts need them.
 */

function toggles(address: number, data: number): ActionArguments {
  return { address_delta: address, data_delta: data };
}

export const exerciseErt: EnergyReferenceTable = {
  version: '0.3',
  tables: [
    {
      name: 'simple_compound.PE[0..4].MAC',
      actions: [
        { name: 'mac_random', arguments: {}, energyPj: 2.778 },
        { name: 'mac_reused', arguments: {}, energyPj: 2.455 },
        { name: 'mac_gated', arguments: {}, energyPj: 0.115 },
        { name: 'idle', arguments: {}, energyPj: 0.078 },
      ],
    },
    {
      name: 'simple_compound.PE[0..4].buffer',
      actions: [
        { name: 'read', arguments: toggles(0, 0), energyPj: 0.055 },
        { name: 'read', arguments: toggles(0, 1), energyPj: 0.193 },
        { name: 'read', arguments: toggles(1, 0), energyPj: 0.164 },
        { name: 'read', arguments: toggles(1, 1), energyPj: 0.302 },
        { name: 'idle', arguments: {}, energyPj: 0.018 },
      ],
    },
    {
      name: 'simple_compound.GLB',
      actions: [
        { name: 'write', arguments: toggles(1, 1), energyPj: 5.284 },
        { name: 'read', arguments: toggles(1, 1), energyPj: 4.536 },
      ],
    },
  ],
};

const macs = [
  { name: 'mac_random', arguments: {}, count: 30 },
  { name: 'mac_gated', arguments: {}, count: 15 },
];

export const exerciseCounts: ActionCounts = {
  version: '0.2',
  components: [
    {
      name: 'simple_compound.GLB',
      actions: [
        { name: 'read', arguments: toggles(1, 1), count: 20 },
        { name: 'write', arguments: toggles(1, 1), count: 10 },
      ],
    },
    {
      name: 'simple_compound.PE[0].buffer',
      actions: [
        { name: 'read', arguments: toggles(1, 0), count: 50 },
        { name: 'read', arguments: toggles(1, 1), count: 20 },
      ],
    },
    { name: 'simple_compound.PE[0].MAC', actions: macs },
    {
      name: 'simple_compound.PE[1].buffer',
      actions: [
        { name: 'read', arguments: toggles(1, 0), count: 40 },
        { name: 'read', arguments: toggles(1, 1), count: 30 },
      ],
    },
    { name: 'simple_compound.PE[1].MAC', actions: macs },
  ],
};

export const exerciseArt: AreaReferenceTable = {
  version: '0.3',
  tables: [
    { name: 'simple_compound.PE[0..4].MAC', areaUm2: 1433.048 },
    { name: 'simple_compound.PE[0..4].buffer', areaUm2: 537.18 },
    { name: 'simple_compound.GLB', areaUm2: 39629 },
  ],
};

/** What the exercise's `energy_estimation.yaml` says, to the last digit. */
export const exerciseEnergies = {
  'simple_compound.GLB': 143.56,
  'simple_compound.PE[0].buffer': 14.240000000000002,
  'simple_compound.PE[0].MAC': 85.065,
  'simple_compound.PE[1].buffer': 15.620000000000001,
  'simple_compound.PE[1].MAC': 85.065,
};
export const exerciseTotalPj = 343.55;
