import { expect } from 'chai';
import { checkCommands } from '../../../src/dram/checker/checkCommands.js';
import { timingTable, windowTable } from '../../../src/dram/checker/timingTable.js';
import { addressesRank } from '../../../src/dram/checker/violation.js';
import type { DramCommand } from '../../../src/dram/command.js';
import { timingCases } from './timingCases.js';
import { lastEarlier, partWith, traceOf } from './traces.js';

const options = { channels: 1, ranks: 2, refresh: false };

function constraints(trace: readonly DramCommand[], part = partWith()): string[] {
  return checkCommands(trace, part, options).violations.map(({ constraint }) => constraint);
}

describe('timing rules of the command checker', () => {
  for (const { name, scope, before, after, timing, trace } of timingCases) {
    const first = before.join('/');
    const second = after.join('/');
    it(`lets ${second} follow ${first} of the ${scope} after ${name} and not a clock earlier`, () => {
      for (const one of before) {
        for (const other of after) {
          const legal = traceOf(...trace(one, other));
          const part = partWith(timing);
          expect(constraints(legal, part), `${one}-${other}`).to.deep.equal([]);
          expect(constraints(lastEarlier(legal), part), `${one}-${other}`).to.deep.equal([name]);
        }
      }
    });
  }

  it('has each pair of commands of its table tried above', () => {
    const pairs = (
      rows: ReadonlyArray<{
        name: string;
        scope: string;
        before: readonly string[];
        after: readonly string[];
      }>,
    ) =>
      rows.flatMap(({ name, scope, before, after }) =>
        before.flatMap((one) => after.map((other) => `${name}: ${one}, ${other}, ${scope}`)),
      );
    expect(pairs(timingTable)).to.have.members(pairs(timingCases));
  });

  it('compares no bank of commands that go to a whole rank', () => {
    for (const { name, scope, before, after } of timingTable) {
      if (scope === 'same rank' || scope === 'other rank') continue;
      for (const command of [...before, ...after]) {
        expect(addressesRank({ command }), `${name}, ${command}`).to.be.false;
      }
    }
  });

  it('lets a fifth activate follow the first after tFAW and not a clock earlier', () => {
    const four = ['100 ACT', '110 ACT group 1', '120 ACT group 2', '130 ACT group 3'];
    const legal = traceOf(...four, '140 ACT bank 1', '150 ACT group 1 bank 1');
    expect(windowTable.map(({ name }) => name)).to.deep.equal(['tFAW']);
    expect(constraints(legal)).to.deep.equal([]);
    const early = lastEarlier(traceOf(...four, '140 ACT bank 1'));
    expect(checkCommands(early, partWith(), options).violations).to.deep.equal([
      { constraint: 'tFAW', before: early[0], after: early[4], neededClocks: 40, foundClocks: 39 },
    ]);
    expect(constraints(lastEarlier(legal))).to.deep.equal(['tFAW']);
    expect(constraints(traceOf(...four, '139 ACT rank 1'))).to.deep.equal([]);
  });

  it('counts tCCD_L, tWTR_L and tRRD_L within one bank, too', () => {
    expect(constraints(traceOf('0 ACT', '30 RD', '42 RD column 1'))).to.deep.equal([]);
    expect(constraints(traceOf('0 ACT', '30 RD', '41 RD column 1'))).to.deep.equal(['tCCD_L']);
    expect(constraints(traceOf('0 ACT', '30 WR', '63 RD column 1'))).to.deep.equal(['tWTR_L']);
  });

  it('looks at all earlier commands, not only at the last of their kind', () => {
    const trace = traceOf('0 ACT', '10 ACT bank 1', '50 PRE', '60 PRE bank 1', '63 ACT');
    const [violation, ...others] = checkCommands(trace, partWith(), options).violations;
    expect(others).to.deep.equal([]);
    expect(violation).to.deep.equal({
      constraint: 'tRP',
      before: trace[2],
      after: trace[4],
      neededClocks: 14,
      foundClocks: 13,
    });
  });

  it('tells of two commands the constraint that asks for most, and the first of those that ask the same', () => {
    expect(constraints(traceOf('0 ACT', '20 RDA', '53 ACT'), partWith({ tRC: 54 }))).to.deep.equal(['tRC']);
    expect(constraints(traceOf('0 ACT', '40 PRE', '50 ACT'))).to.have.members(['tRC', 'tRP']);
  });

  it('asks nothing of commands of different channels', () => {
    const trace = traceOf('0 ACT', '0 ACT channel 1', '15 RD', '15 RD channel 1', '16 ACT channel 1 group 1');
    expect(checkCommands(trace, partWith(), { ...options, channels: 2 }).violationCount).to.equal(0);
  });

  it('still knows commands of hundreds of clocks ago when thousands went by', () => {
    const rounds = Array.from({ length: 3000 }, (_, round) => [
      `${round * 100} ACT`,
      `${round * 100 + 20} RDA`,
      `${round * 100 + 5} ACT rank 1`,
      `${round * 100 + 70} RDA rank 1`,
    ]).flat();
    const trace = traceOf(...rounds).sort((one, other) => one.clock - other.clock);
    const refresh = traceOf('300100 REF', '300399 ACT');
    expect(constraints([...trace, ...refresh])).to.deep.equal(['tRFC']);
  });
});
