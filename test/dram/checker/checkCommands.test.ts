import { expect } from 'chai';
import { checkCommands } from '../../../src/dram/checker/checkCommands.js';
import { describeViolation } from '../../../src/dram/checker/violation.js';
import type { DramCommand } from '../../../src/dram/command.js';
import { partWith, traceOf } from './traces.js';

const options = { channels: 1, ranks: 2, refresh: false };

function lines(trace: readonly DramCommand[], given: Partial<Parameters<typeof checkCommands>[2]> = {}) {
  return checkCommands(trace, partWith(), { ...options, ...given }).violations.map(describeViolation);
}

describe('command checker', () => {
  describe('state', () => {
    it('asks for a closed bank before an activate', () => {
      expect(lines(traceOf('0 ACT row 7', '100 ACT row 8'))).to.deep.equal([
        'clock 100: ACT, channel 0, rank 0, bank group 0, bank 0, row 8: bank closed: row 7 of the bank is still open' +
          '; before it clock 0: ACT, channel 0, rank 0, bank group 0, bank 0, row 7',
      ]);
      for (const close of ['60 PRE', '60 PREA', '40 RDA row 7', '40 WRA row 7']) {
        expect(lines(traceOf('0 ACT row 7', close, '100 ACT row 8')), close).to.deep.equal([]);
      }
    });

    it('asks for the row that is read or written to be open', () => {
      for (const command of ['RD', 'RDA', 'WR', 'WRA']) {
        const [wrong, ...others] = lines(traceOf('0 ACT row 7', `30 ${command} row 8 column 3`));
        expect(wrong).to.include(
          `clock 30: ${command}, channel 0, rank 0, bank group 0, bank 0, row 8, column 3`,
        );
        expect(wrong).to.include('row open: row 7 is open; before it clock 0: ACT');
        expect(others).to.deep.equal([]);
        expect(lines(traceOf(`30 ${command}`)).join()).to.include('row open: the bank is closed');
        for (const close of ['50 PRE', '50 PREA', '50 RDA', '50 WRA']) {
          expect(lines(traceOf('0 ACT', close, `200 ${command}`)).join()).to.include('the bank is closed');
        }
        expect(lines(traceOf('0 ACT bank 1', `30 ${command}`)).join()).to.include('the bank is closed');
        expect(lines(traceOf('0 ACT rank 1', `30 ${command}`)).join()).to.include('the bank is closed');
      }
    });

    it('asks for all banks of a rank to be closed before their refresh', () => {
      const trace = traceOf('0 ACT group 1', '5 ACT group 2', '100 REF');
      expect(lines(trace).join()).to.include("all banks closed: 2 of the rank's banks are still open");
      expect(lines(traceOf('0 ACT rank 1', '100 REF'))).to.deep.equal([]);
    });

    it('asks for a bank to be closed before it is refreshed alone', () => {
      expect(lines(traceOf('0 ACT row 5', '100 REFpb')).join()).to.include('bank closed: row 5');
      expect(lines(traceOf('0 ACT row 5', '100 REFpb bank 1'))).to.deep.equal([]);
    });

    it('refreshes single banks only of parts that can', () => {
      const { tRFCpb, ...timing } = partWith().timing;
      expect(tRFCpb).to.equal(120);
      const { violations } = checkCommands(traceOf('0 REFpb'), { ...partWith(), timing }, options);
      expect(violations.map(({ constraint }) => constraint)).to.deep.equal(['single-bank refresh']);
    });

    it('lets a closed bank be precharged', () => {
      expect(lines(traceOf('0 PRE', '1 PREA', '20 PREA rank 1'))).to.deep.equal([]);
    });

    it('lets nothing but PDX reach a rank in power-down', () => {
      const commands = ['ACT', 'PRE', 'PREA', 'REF', 'REFpb', 'PDE'];
      for (const command of commands) {
        expect(lines(traceOf('0 PDE', `100 ${command}`)).join(), command).to.include(
          'power-down: the rank is in power-down; before it clock 0: PDE, channel 0, rank 0',
        );
        expect(lines(traceOf('0 PDE', `100 ${command} rank 1`)), command).to.deep.equal([]);
        expect(lines(traceOf('0 PDE', '50 PDX', `100 ${command}`)), command).to.deep.equal([]);
      }
      expect(lines(traceOf('0 ACT', '20 PDE', '50 RD')).join()).to.include('the rank is in power-down');
      expect(lines(traceOf('0 PDX')).join()).to.include('the rank is not in power-down');
    });
  });

  it('sends one command per clock on a channel, power-down apart', () => {
    expect(lines(traceOf('0 ACT', '0 ACT rank 1')).join()).to.include(
      'command bus: 1 clocks needed, 0 found',
    );
    expect(lines(traceOf('0 ACT', '0 PDE rank 1', '10 ACT bank 1', '10 PDX rank 1'))).to.deep.equal([]);
    expect(lines(traceOf('0 ACT', '0 ACT channel 1'), { channels: 2 })).to.deep.equal([]);
  });

  describe('refresh', () => {
    const refresh = { refresh: true, ranks: 1 };
    const refreshes = (...clocks: number[]) => traceOf(...clocks.map((clock) => `${clock} REF`));
    const every = (count: number, from = 1) => Array.from({ length: count }, (_, n) => (n + from) * 2000);

    it('lets eight refreshes be put off and not a ninth', () => {
      expect(lines(refreshes(18000), refresh)).to.deep.equal([]);
      expect(lines(refreshes(18001), refresh)).to.deep.equal([
        'clock 18001: REF, channel 0, rank 0: tREFI: channel 0, rank 0 needs a refresh by clock 18000, none until 18001',
      ]);
      expect(lines(refreshes(...every(5), 5 * 2000 + 18000), refresh)).to.deep.equal([]);
      expect(lines(refreshes(...every(5), 5 * 2000 + 18001), refresh)).to.have.length(1);
    });

    it('wants what was put off made good', () => {
      expect(lines(refreshes(18000, 20000, 22000, 24000), refresh)).to.deep.equal([]);
      expect(lines(refreshes(18000, 20001), refresh)).to.have.length(1);
      const caughtUp = Array.from({ length: 9 }, (_, n) => 18000 + n * 300);
      expect(lines(refreshes(...caughtUp, 36000), refresh)).to.deep.equal([]);
      expect(lines(refreshes(...caughtUp, 36000 + 301), refresh)).to.have.length(1);
    });

    it('lets no two be further apart than nine intervals, however many were done ahead', () => {
      const ahead = Array.from({ length: 8 }, (_, n) => 300 * n);
      expect(lines(refreshes(...ahead, 2100 + 18000), refresh)).to.deep.equal([]);
      expect(lines(refreshes(...ahead, 2100 + 18001), refresh)).to.have.length(1);
    });

    it('counts no more than eight as done ahead', () => {
      const ahead = Array.from({ length: 20 }, (_, n) => 300 * n);
      // The last at 5700, when that for 4000 was due and those until 20000 may be done; so the two after it are those for 22000
      // and 24000, and the second of them may come by 24000 + 8 x 2000.
      expect(lines(refreshes(...ahead, 23700, 40000), refresh)).to.deep.equal([]);
      expect(lines(refreshes(...ahead, 23700, 40001), refresh)).to.have.length(1);
    });

    it('asks it of every rank and, of a part refreshed bank by bank, of every bank', () => {
      expect(lines(refreshes(18000), { refresh: true, ranks: 2, endClock: 18001 }).join()).to.include(
        'rank 1',
      );
      const bankByBank = Array.from(
        { length: 8 },
        (_, n) => `${16000 + n * 200} REFpb group ${n >> 1} bank ${n & 1}`,
      );
      expect(lines(traceOf(...bankByBank), { ...refresh, endClock: 20000 })).to.deep.equal([]);
      expect(lines(traceOf(...bankByBank.slice(1)), { ...refresh, endClock: 20000 })).to.deep.equal([
        'end of the trace: tREFI: channel 0, rank 0 needs a refresh by clock 18000, none until 20000',
      ]);
    });

    it('tells one that is late once, and the next that is late again', () => {
      expect(lines(refreshes(50000, 52000, 54000), refresh)).to.have.length(1);
      expect(lines(refreshes(50000, 52001), refresh)).to.have.length(2);
    });

    it('says how late the latest of a rank is', () => {
      const trace = traceOf('1000 REF', '2000 REFpb', '15000 REFpb group 1', '19500 REF');
      const result = checkCommands(trace, partWith(), { ...options, ...refresh });
      expect(result.violationCount).to.equal(1);
      expect(result.violations).to.deep.equal([
        {
          constraint: 'tREFI',
          before: trace[0],
          after: trace[3],
          neededClocks: 18000,
          foundClocks: 18500,
          explanation: 'channel 0, rank 0 needs a refresh by clock 19000, none until 19500',
        },
      ]);
      const late = traceOf('1000 REF', '2000 REFpb', '20500 REF');
      const [worst] = checkCommands(late, partWith(), { ...options, ...refresh }).violations;
      expect(worst).to.include({ neededClocks: 18000, foundClocks: 19500 });
      const [missing] = checkCommands([], partWith(), { ...options, ...refresh, endClock: 18500 }).violations;
      expect(missing).to.deep.equal({
        constraint: 'tREFI',
        neededClocks: 18000,
        foundClocks: 18500,
        explanation: 'channel 0, rank 0 needs a refresh by clock 18000, none until 18500',
      });
    });

    it('watches all channels until the last command of any', () => {
      const trace = traceOf('2000 REF', '16000 REF channel 1', '16500 REF channel 1', '20001 PRE channel 1');
      const found = lines(trace, { refresh: true, ranks: 1, channels: 2 });
      expect(found).to.have.length(1);
      expect(found.join()).to.include('end of the trace: tREFI: channel 0');
    });

    it('asks for none where refresh is off', () => {
      expect(lines(refreshes(90000))).to.deep.equal([]);
    });
  });

  it('names what a command addresses that is not there, and goes on without it', () => {
    const wrong = [
      ['0 ACT channel 1', 'channel from 0 to 0, found 1'],
      ['0 ACT rank 2', 'rank from 0 to 1, found 2'],
      ['0 ACT group 4', 'bankGroup from 0 to 3, found 4'],
      ['0 ACT bank 2', 'bank from 0 to 1, found 2'],
      ['0 ACT row 64', 'row from 0 to 63, found 64'],
      ['0 RD column 16', 'column from 0 to 15, found 16'],
    ];
    for (const [line, message] of wrong) {
      const found = lines(traceOf(line, '0 ACT'));
      expect(found).to.have.length(1);
      expect(found.join()).to.include(`address: ${message}`);
    }
    expect(lines(traceOf('0 PRE row 64', '1 ACT column 16 group 1'))).to.deep.equal([]);
  });

  it('wants clocks in order', () => {
    expect(lines(traceOf('10 PRE', '9 PRE')).join()).to.include(
      'order: clocks must not go back; the last was 10',
    );
  });

  it('keeps the first violations and counts all', () => {
    const trace = traceOf(...Array.from({ length: 30 }, (_, n) => `${n * 100} RD column ${n % 16}`));
    const { commands, violationCount, violations } = checkCommands(trace, partWith(), {
      ...options,
      most: 3,
    });
    expect(commands).to.equal(30);
    expect(violationCount).to.equal(30);
    expect(violations.map(({ after }) => after?.clock)).to.deep.equal([0, 100, 200]);
    expect(lines(trace)).to.have.length(20);
  });
});
