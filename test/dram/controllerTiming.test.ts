import { expect } from 'chai';
import fc from 'fast-check';
import { parseAddressMap, placeOf } from '../../src/dram/addressMap.js';
import type { DramActivity } from '../../src/dram/activity.js';
import { checkCommands } from '../../src/dram/checker/checkCommands.js';
import { describeViolation } from '../../src/dram/checker/violation.js';
import { dramCommandNames } from '../../src/dram/command.js';
import type { DramCommand } from '../../src/dram/command.js';
import { createDramController } from '../../src/dram/controller/createDramController.js';
import { burstClocksOf } from '../../src/dram/part.js';
import { anyTraffic } from './randomTraffic.js';
import type { Traffic } from './randomTraffic.js';

const runs = Number(process.env['PSCONV_DRAM_RUNS'] ?? 300);

interface Outcome {
  /** In the order of their clocks. */
  readonly commands: readonly DramCommand[];
  readonly finishClock: number;
  /** Until which the DRAM was watched. */
  readonly endClock: number;
  readonly batchClocks: readonly number[];
  readonly activity: DramActivity;
}

/** Hands all requests over, asks for each batch if `askBatches`, finishes, and lets the DRAM idle on for a while. */
function run({ part, settings, requests }: Traffic, askBatches = true): Outcome {
  const commands: DramCommand[] = [];
  const controller = createDramController(
    part,
    settings,
    (clock, command, channel, rank, bankGroup, bank, row, column) =>
      commands.push({
        clock,
        command: dramCommandNames[command],
        channel,
        rank,
        bankGroup,
        bank,
        row,
        column,
      }),
  );
  const batches: number[] = [];
  for (const { address, isWrite, earliestClock, tag, batch } of requests) {
    while (batches.length <= batch) batches.push(controller.beginBatch());
    controller.push(address, isWrite, earliestClock, tag);
  }
  const batchClocks = askBatches ? batches.map((batch) => controller.completedClock(batch)) : [];
  const finishClock = controller.finish();
  const endClock = finishClock + 12 * part.timing.tREFI;
  controller.idleUntil(endClock);
  const activity = controller.activity();
  commands.sort((one, other) => one.clock - other.clock);
  return { commands, finishClock, endClock, batchClocks, activity };
}

/** What every stream must bring about. */
function always(claim: (outcome: Outcome, traffic: Traffic) => void): void {
  fc.assert(
    fc.property(anyTraffic, (traffic) => claim(run(traffic), traffic)),
    { numRuns: runs },
  );
}

const isRead = ({ command }: DramCommand) => command === 'RD' || command === 'RDA';
const isWrite = ({ command }: DramCommand) => command === 'WR' || command === 'WRA';
const bankKey = ({ channel, rank, bankGroup, bank }: DramCommand) => [channel, rank, bankGroup, bank].join();
const countOf = (commands: readonly DramCommand[], ...names: string[]) =>
  commands.filter(({ command }) => names.includes(command)).length;

/** Rows that were closed, each once: by its own precharge, by that of its rank, or by its read or write. */
function closedRows(commands: readonly DramCommand[]): number {
  const open = new Map<string, DramCommand>();
  let closed = 0;
  for (const command of commands) {
    if (command.command === 'ACT') open.set(bankKey(command), command);
    if (['PRE', 'RDA', 'WRA'].includes(command.command) && open.delete(bankKey(command))) closed++;
    if (command.command !== 'PREA') continue;
    for (const [key, { channel, rank }] of open) {
      if (channel === command.channel && rank === command.rank && open.delete(key)) closed++;
    }
  }
  return closed;
}

/**
 * Clocks of all ranks in power-down that the commands show, and those in which ranks may be there still: a controller tells of
 * `PDE` when the rank is woken.
 */
function poweredDownClocks(commands: readonly DramCommand[], endClock: number, rankCount: number) {
  let shown = 0;
  const since = new Map<string, number>();
  const last = new Map<string, number>();
  for (const { command, channel, rank, clock } of commands) {
    const key = `${channel},${rank}`;
    last.set(key, clock);
    if (command === 'PDE') since.set(key, clock);
    if (command === 'PDX') shown += clock - (since.get(key) ?? clock);
  }
  const lastClocks = [...last.values()].reduce((sum, clock) => sum + clock, 0);
  return { shown, after: endClock * rankCount - lastClocks };
}

/** By burst: what was asked of it and which commands went to it, each in order. */
function byBurst({ part, settings, requests }: Traffic, commands: readonly DramCommand[]) {
  const map = parseAddressMap(settings.addressMap, part, settings);
  const { bankGroups, banksPerGroup } = part.organisation;
  const found = new Map<string, { asked: boolean[]; done: boolean[] }>();
  const entry = (key: string) => {
    const known = found.get(key) ?? { asked: [], done: [] };
    found.set(key, known);
    return known;
  };
  for (const request of requests) {
    const { channel, bank, row, column } = placeOf(map, Math.floor(request.address / map.burstBytes));
    entry([channel, bank, row, column].join()).asked.push(request.isWrite);
  }
  for (const command of commands) {
    if (!isRead(command) && !isWrite(command)) continue;
    const { channel, rank, bankGroup, bank, row, column } = command;
    const number = (rank * bankGroups + bankGroup) * banksPerGroup + bank;
    entry([channel, number, row, column].join()).done.push(isWrite(command));
  }
  return found;
}

describe('DRAM controller under random traffic', () => {
  it('sends only commands that the part allows when it allows them, and refreshes in time', () => {
    always(({ commands, endClock }, { part, settings }) => {
      const { channels, ranks, refresh } = settings;
      const result = checkCommands(commands, part, {
        channels,
        ranks,
        refresh: refresh !== 'none',
        endClock,
        most: 5,
      });
      expect(result.violations.map(describeViolation).join('\n')).to.equal('');
    });
  });

  it('serves every request once: by a command, from a waiting write, or together with another', () => {
    always(({ commands, activity }, { requests }) => {
      const reads = commands.filter(isRead).length;
      const writes = commands.filter(isWrite).length;
      expect(reads + writes + activity.forwarded + activity.merged).to.equal(requests.length);
    });
  });

  it('reads and writes the bursts that were asked for and no others, none of them more often than asked', () => {
    always(({ commands }, traffic) => {
      for (const [place, { asked, done }] of byBurst(traffic, commands)) {
        for (const kind of [true, false]) {
          const wanted = asked.filter((isWrite) => isWrite === kind).length;
          expect(done.filter((isWrite) => isWrite === kind).length, place).to.be.at.most(wanted);
        }
        if (asked.includes(true)) expect(done, place).to.include(true);
        else expect(done, place).to.include(false);
      }
    });
  });

  it('lets no read of a burst pass a write to it, nor the other way round', () => {
    always(({ commands }, traffic) => {
      for (const [place, { asked, done }] of byBurst(traffic, commands)) {
        expect(done[0], `first at ${place}`).to.equal(asked[0]);
        if (asked.at(-1) === true) expect(done.at(-1), `last at ${place}`).to.equal(true);
      }
    });
  });

  it('is done when the last data are through', () => {
    always(({ commands, finishClock, batchClocks }, { part, requests }) => {
      const { tCL, tCWL, tDQSCK, tDQSS } = part.timing;
      const burst = burstClocksOf(part.organisation);
      const ends = commands.flatMap((command) => {
        if (isRead(command)) return [command.clock + tCL + tDQSCK + burst];
        return isWrite(command) ? [command.clock + tCWL + tDQSS + burst] : [];
      });
      expect(finishClock).to.be.at.least(Math.max(...ends));
      if (requests.every(({ isWrite }) => !isWrite)) expect(finishClock).to.equal(Math.max(...ends));
      expect(Math.max(...batchClocks)).to.be.at.most(finishClock);
      batchClocks.forEach((clock, batch) => {
        const own = requests.filter((request) => request.batch === batch);
        const latest = Math.max(...own.map(({ earliestClock }) => earliestClock));
        expect(clock).to.be.at.least(latest);
      });
    });
  });

  it('starts no request before its time', () => {
    always(({ commands }, { requests }) => {
      const first = commands.find(
        (command) => isRead(command) || isWrite(command) || command.command === 'ACT',
      );
      expect(first?.clock).to.be.at.least(requests[0].earliestClock);
    });
  });

  it('counts what its commands are', () => {
    always(({ commands, activity, endClock }, { part, requests }) => {
      const reads = commands.filter(isRead).length;
      const writes = commands.filter(isWrite).length;
      expect(activity).to.deep.include({
        clocks: endClock,
        reads,
        writes,
        activates: countOf(commands, 'ACT'),
        precharges: closedRows(commands),
        refreshes: countOf(commands, 'REF'),
        bankRefreshes: countOf(commands, 'REFpb'),
        dataClocks: (reads + writes) * burstClocksOf(part.organisation),
      });
      const { rowHits, rowMisses, rowConflicts, tagged } = activity;
      expect(rowHits + rowMisses + rowConflicts).to.equal(reads + writes);
      const sum = (field: 'reads' | 'writes' | 'activates') =>
        tagged.reduce((total, counts) => total + counts[field], 0);
      expect([sum('reads'), sum('writes'), sum('activates')]).to.deep.equal([
        reads,
        writes,
        activity.activates,
      ]);
      tagged.forEach((counts, tag) => {
        const own = requests.filter((request) => request.tag === tag);
        expect(counts.reads + counts.writes).to.be.at.most(own.length);
      });
    });
  });

  it('spends every clock of every rank in one state', () => {
    always(({ commands, activity, endClock }, { settings: { channels, ranks, powerDownClocks } }) => {
      const poweredDown = activity.activePowerDownClocks + activity.prechargePowerDownClocks;
      const standby = activity.activeStandbyClocks + activity.prechargeStandbyClocks;
      expect(poweredDown + standby).to.equal(endClock * channels * ranks);
      const { shown, after } = poweredDownClocks(commands, endClock, channels * ranks);
      expect(poweredDown).to.be.at.least(shown);
      expect(poweredDown).to.be.at.most(powerDownClocks === undefined ? 0 : shown + after);
      expect(activity.busyClocks).to.be.at.most(endClock * channels);
      expect(activity.busyClocks).to.be.at.least(activity.dataClocks);
      expect(activity.bankBusyClocks).to.be.at.least(activity.busyClocks);
    });
  });

  it('does the same whether or not it is asked when batches are done', () => {
    fc.assert(
      fc.property(anyTraffic, (traffic) => {
        const asked = run(traffic);
        const unasked = run(traffic, false);
        expect(unasked.commands).to.deep.equal(asked.commands);
        expect(unasked.activity).to.deep.equal(asked.activity);
      }),
      { numRuns: runs },
    );
  });
});
