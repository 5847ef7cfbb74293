import { expect } from 'chai';
import fc from 'fast-check';
import { energyEstimation, evaluateCounts } from '../../../src/energy/accelergy/evaluateCounts.js';
import type { ActionCounts } from '../../../src/energy/accelergy/actionCounts.js';
import type { EnergyReferenceTable } from '../../../src/energy/accelergy/energyReferenceTable.js';
import { refusal } from '../../document/fixtures.js';
import { exerciseCounts, exerciseEnergies, exerciseErt, exerciseTotalPj } from './exercise.js';

function tableOf(
  components: Record<string, Array<[string, Record<string, number>, number]>>,
): EnergyReferenceTable {
  return {
    version: '0.4',
    tables: Object.entries(components).map(([name, actions]) => ({
      name,
      actions: actions.map(([name, given, energyPj]) => ({ name, arguments: given, energyPj })),
    })),
  };
}

function countsOf(
  component: string,
  name: string,
  given: Record<string, number> = {},
  count = 1,
): ActionCounts {
  return { version: '0.4', components: [{ name: component, actions: [{ name, arguments: given, count }] }] };
}

describe("energy of Accelergy's action counts", () => {
  it('is that of a published exercise, component by component, to the last digit', () => {
    const evaluated = evaluateCounts(exerciseErt, exerciseCounts);
    expect(
      Object.fromEntries(evaluated.components.map(({ name, energyPj }) => [name, energyPj])),
    ).to.deep.equal(exerciseEnergies);
    expect(evaluated.totalPj).to.equal(exerciseTotalPj);
    expect(energyEstimation(evaluated)).to.deep.equal({
      version: '0.4',
      components: Object.entries(exerciseEnergies).map(([name, energyPj]) => ({ name, energyPj })),
      totalPj: exerciseTotalPj,
    });
  });

  it('is that of another published exercise, whose names have no ranges', () => {
    // 02_primitive_architecture_energy of the same exercises: table, counts and energy_estimation.yaml
    const ert = tableOf({
      'simple_primitive.PE.MAC': [
        ['mac_random', {}, 2.2],
        ['mac_gated', {}, 0.103],
      ],
      'simple_primitive.PE.buffer': [
        ['read', { address_delta: 1, data_delta: 0 }, 0.115],
        ['read', { address_delta: 1, data_delta: 1 }, 0.253],
      ],
    });
    const macs = countsOf('simple_primitive.PE.MAC', 'mac_random', {}, 30).components[0];
    const gated = countsOf('simple_primitive.PE.MAC', 'mac_gated', {}, 15).components[0];
    const reads = countsOf('simple_primitive.PE.buffer', 'read', { data_delta: 0, address_delta: 1 }, 50)
      .components[0];
    const others = countsOf('simple_primitive.PE.buffer', 'read', { data_delta: 1, address_delta: 1 }, 20)
      .components[0];
    const components = [
      { name: reads.name, actions: [...reads.actions, ...others.actions] },
      { name: macs.name, actions: [...macs.actions, ...gated.actions] },
    ];
    const evaluated = evaluateCounts(ert, { version: '0.3', components });
    expect(evaluated.components.map(({ energyPj }) => energyPj)).to.deep.equal([10.81, 67.545]);
  });

  it('is not multiplied by the instances that a name stands for', () => {
    const ert = tableOf({ 's.PE[0..9].mac': [['mac', {}, 2]] });
    for (const name of ['s.PE[0..9].mac', 's.PE[3].mac', 's.PE.mac']) {
      expect(evaluateCounts(ert, countsOf(name, 'mac', {}, 7)).totalPj).to.equal(14);
    }
  });

  it('adds up an action that was counted twice', () => {
    const once = countsOf('s.mac', 'mac', {}, 3).components[0];
    const counts = {
      version: '0.4',
      components: [{ name: 's.mac', actions: [...once.actions, ...once.actions] }],
    };
    expect(evaluateCounts(tableOf({ 's.mac': [['mac', {}, 2]] }), counts).totalPj).to.equal(12);
  });

  it('has parts that add up to the component and components that add up to the total', () => {
    const names = ['a.x', 'a.y[0..3]', 'b'];
    const ert = fc.tuple(...names.map(() => fc.double({ min: 0, max: 1e6, noNaN: true }))).map((energies) =>
      tableOf(
        Object.fromEntries(
          names.map((name, i) => [
            name,
            [
              ['read', {}, energies[i]],
              ['write', {}, 0.3],
            ],
          ]),
        ),
      ),
    );
    const counted = fc.array(
      fc.record({
        name: fc.constantFrom('a.x', 'a.y[0]', 'a.y[1..2]', 'b'),
        actions: fc.array(
          fc.record({
            name: fc.constantFrom('read', 'write'),
            arguments: fc.constant({}),
            count: fc.double({ min: 0, max: 1e9, noNaN: true }),
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(ert, counted, (table, components) => {
        const { components: evaluated, totalPj } = evaluateCounts(table, { version: '0.4', components });
        let total = 0;
        for (const { actions, energyPj, table: used } of evaluated) {
          let sum = 0;
          for (const action of actions) {
            const entry = table.tables
              .find(({ name }) => name === used)
              ?.actions.find(({ name }) => name === action.name);
            expect(action.energyPerActionPj).to.equal(entry?.energyPj);
            expect(action.energyPj).to.equal(action.count * action.energyPerActionPj);
            sum += action.energyPj;
          }
          expect(energyPj).to.be.closeTo(sum, 1e-12 * sum);
          total += sum;
        }
        expect(totalPj).to.be.closeTo(total, 1e-12 * total);
        expect(evaluated.map(({ name }) => name)).to.deep.equal(components.map(({ name }) => name));
      }),
    );
  });

  const shared = tableOf({
    's.glb[0..1]': [
      ['read', { address_delta: 1, data_delta: 0 }, 3],
      ['read', { address_delta: 1, data_delta: 1 }, 5],
      ['leak', { cycles: 1 }, 0.5],
      ['update', {}, 8],
      ['update', { wide: 1 }, 9],
    ],
    's.PE[0..3].mac': [['mac', {}, 1]],
    's.PE[4..7].mac': [['mac', {}, 2]],
  });

  it('takes the entry of exactly the arguments, else the only one that has them among others', () => {
    const energyOf = (action: string, given: Record<string, number>): number =>
      evaluateCounts(shared, countsOf('s.glb[0]', action, given)).totalPj;
    expect(energyOf('read', { data_delta: 1, address_delta: 1 })).to.equal(5);
    expect(energyOf('read', { data_delta: 0 })).to.equal(3);
    expect(energyOf('leak', {})).to.equal(0.5);
    expect(energyOf('update', {})).to.equal(8);
    expect(energyOf('update', { wide: 1 })).to.equal(9);
  });

  it('takes the table whose range holds the component', () => {
    expect(evaluateCounts(shared, countsOf('s.PE[5].mac', 'mac')).totalPj).to.equal(2);
    expect(evaluateCounts(shared, countsOf('s.PE[2..3].mac', 'mac')).totalPj).to.equal(1);
  });

  const files = { ert: 'mine/ERT.yaml', counts: 'mine/counts.yaml' };
  const faults: Array<[string, ActionCounts, string]> = [
    [
      'a component that may be two',
      countsOf('s.PE.mac', 'mac'),
      'expected component "s.PE.mac" within one component of mine/ERT.yaml, which has "s.PE[0..3].mac", "s.PE[4..7].mac"',
    ],
    [
      'a component beyond the ranges',
      countsOf('s.PE[8].mac', 'mac'),
      'expected component "s.PE[8].mac" within one component of mine/ERT.yaml, which has "s.PE[0..3].mac", "s.PE[4..7].mac"',
    ],
    [
      'a misspelt component',
      countsOf('s.glbb[0]', 'read'),
      'component "s.glbb[0]" is not in mine/ERT.yaml; did you mean "s.glb"?',
    ],
    [
      'an unknown component',
      countsOf('dram', 'read'),
      'component "dram" is not in mine/ERT.yaml; it has "s.glb[0..1]", "s.PE[4..7].mac"',
    ],
    [
      'a misspelt action',
      countsOf('s.glb[0]', 'raed'),
      'action "raed" of "s.glb[0]" is not of "s.glb[0..1]" in mine/ERT.yaml; did you mean "read"?',
    ],
    [
      'an unknown action',
      countsOf('s.glb[0]', 'mac'),
      'action "mac" of "s.glb[0]" is not of "s.glb[0..1]" in mine/ERT.yaml; it has "read", "leak", "update"',
    ],
    [
      'an action that may be two',
      countsOf('s.glb[0]', 'read', { address_delta: 1 }),
      'action "read" (address_delta: 1) of "s.glb[0]" may be several of "s.glb[0..1]" in mine/ERT.yaml: expected the arguments of one of "read" (address_delta: 1, data_delta: 0), "read" (address_delta: 1, data_delta: 1)',
    ],
    [
      'other arguments',
      countsOf('s.glb[0]', 'read', { address_delta: 2 }),
      'action "read" (address_delta: 2) of "s.glb[0]" has other arguments than "s.glb[0..1]" in mine/ERT.yaml, which has "read" (address_delta: 1, data_delta: 0), "read" (address_delta: 1, data_delta: 1)',
    ],
    [
      'energies beyond all numbers',
      countsOf('s.glb[0]', 'update', {}, 1.7e308),
      'expected energies that add up, got Infinity pJ',
    ],
  ];
  for (const [what, counts, message] of faults) {
    it(`is refused for ${what}, with both files and the entry`, async () => {
      expect(await refusal(() => evaluateCounts(shared, counts, files))).to.equal(
        `mine/counts.yaml: ${message}`,
      );
    });
  }

  it('is refused in words of its own where there are no files', async () => {
    expect(await refusal(() => evaluateCounts(shared, countsOf('s.glbb', 'read')))).to.equal(
      'component "s.glbb" is not in the energy table; did you mean "s.glb"?',
    );
  });
});
