import { expect } from 'chai';
import fc from 'fast-check';
import { componentLookup } from '../../../src/energy/accelergy/componentLookup.js';
import {
  instancesOf,
  instancesWithin,
  isWithin,
  nameWithoutRanges,
  parseComponentName,
} from '../../../src/energy/accelergy/componentName.js';
import { refusal } from '../../document/fixtures.js';

describe("names of Accelergy's components", () => {
  it('stand for as many instances as their ranges multiply to', () => {
    expect(instancesOf('system.chip.PE[0..167].mac')).to.equal(168);
    expect(instancesOf('system.PE[0..13].lane[1..12].mac')).to.equal(168);
    expect(instancesOf('system.PE[0..13][0..11].mac')).to.equal(168);
    expect(instancesOf('system.PE[5].mac')).to.equal(1);
    expect(instancesOf('system.mac')).to.equal(1);
  });

  it('stand for whatever ranges one makes them of', () => {
    const range = fc.tuple(fc.nat(50), fc.nat(50));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 4 }), (ranges) => {
        const levels = ranges.map(([low, more], depth) => `level${depth}[${low}..${low + more}]`);
        const expected = ranges.reduce((product, [, more]) => product * (more + 1), 1);
        expect(instancesOf(levels.join('.'))).to.equal(expected);
        expect(
          instancesOf(levels.map((level) => level.replace(/.*\[/, '[')).reduce((a, b) => a + b, 'PE')),
        ).to.equal(expected);
      }),
    );
  });

  it('take the ranges of what they lie within where they have none', () => {
    expect(instancesWithin('system.PE.mac', 'system.PE[0..167].mac')).to.equal(168);
    expect(instancesWithin('system.PE[0..3].mac', 'system.PE[0..167].mac')).to.equal(4);
    expect(instancesWithin('a[0..1].PE.mac', 'a[0..3].PE[0..7].mac')).to.equal(16);
  });

  it('keep their words without their ranges', () => {
    expect(nameWithoutRanges('system.PE[0..13][2].mac')).to.equal('system.PE.mac');
  });

  it('lie within names of the same words whose ranges hold theirs', () => {
    expect(isWithin('s.PE[3].mac', 's.PE[0..3].mac')).to.equal(true);
    expect(isWithin('s.PE[0..3].mac', 's.PE[0..3].mac')).to.equal(true);
    expect(isWithin('s.PE.mac', 's.PE[0..3].mac')).to.equal(true);
    expect(isWithin('s.PE[9].mac', 's.PE.mac')).to.equal(true);
    expect(isWithin('s.PE[4].mac', 's.PE[0..3].mac')).to.equal(false);
    expect(isWithin('s.PE[0..4].mac', 's.PE[1..4].mac')).to.equal(false);
    expect(isWithin('s.PE[0][0].mac', 's.PE[0..3].mac')).to.equal(false);
    expect(isWithin('s.PE[0].mac', 's.PE[0..3][0..3].mac')).to.equal(false);
    expect(isWithin('s.PE[0].reg', 's.PE[0..3].mac')).to.equal(false);
    expect(isWithin('s.PE[0]', 's.PE[0..3].mac')).to.equal(false);
  });

  for (const name of [
    '',
    'a..b',
    'a.',
    '.a',
    'a[',
    'a[]',
    'a[x]',
    'a[1..]',
    'a[-1..2]',
    'a]b',
    'a[0..1]b',
    '[0]',
  ]) {
    it(`are refused as ${JSON.stringify(name)}`, async () => {
      expect(await refusal(() => parseComponentName(name))).to.match(/^expected component name such as/);
    });
  }

  it('are refused with a range from high to low', async () => {
    expect(await refusal(() => parseComponentName('PE[4..1]'))).to.equal(
      'expected a range from low to high, got "[4..1]" in "PE[4..1]"',
    );
  });
});

describe('the entry of a component', () => {
  const find = (name: string, ...names: string[]) =>
    componentLookup(names.map((each) => ({ name: each })))(name);

  it('is the one of its name before any that it lies within', () => {
    expect(find('s.PE[0].mac', 's.PE[0..3].mac', 's.PE[0].mac').found).to.deep.equal({ name: 's.PE[0].mac' });
  });

  it('is the one whose range it lies within', () => {
    const found = find('s.PE[5].mac', 's.PE[0..3].mac', 's.PE[4..7].mac', 's.PE[0..7].reg').found;
    expect(found).to.deep.equal({ name: 's.PE[4..7].mac' });
  });

  it('is none where several fit, or none does, and these are told', () => {
    const names = ['s.PE[0..3].mac', 's.PE[4..7].mac'];
    for (const name of ['s.PE.mac', 's.PE[8].mac']) {
      const { found, candidates } = find(name, ...names);
      expect(found).to.equal(undefined);
      expect(candidates.map((each) => each.name)).to.deep.equal(names);
    }
    expect(find('s.PE.reg', ...names)).to.deep.equal({ candidates: [] });
  });
});
