import { expect } from 'chai';
import { plainPart, plainSettings, runRequests } from '../fixtures.js';

/** Bytes of a row of the plain part; its banks follow one another. */
const row = 16 * 64;
const bank = row;
const allBanks = 4 * row;

describe('commands worked out by hand', () => {
  const part = plainPart();

  it('open a row, read, and take the latency and four clocks of data', () => {
    const { said, endClock } = runRequests(part, plainSettings, [{ address: 0 }]);
    // The request enters at clock 0 and is seen at 1; tRCD 11, then tCL 10 and 4 clocks of data.
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'RD 12 b0 c0']);
    expect(endClock).to.equal(12 + 10 + 4);
  });

  it('read a row at tCCD_L, and in turn with another bank group at tCCD_S', () => {
    const { said } = runRequests(
      part,
      plainSettings,
      [0, 64, 128].map((address) => ({ address })),
    );
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'RD 12 b0 c0', 'RD 18 b0 c1', 'RD 24 b0 c2']);
    const interleaved = { ...plainSettings, addressMap: 'row-bank-column-bankgroup' };
    const inTurn = runRequests(
      part,
      interleaved,
      [0, 64, 128, 192].map((address) => ({ address })),
    );
    expect(inTurn.said).to.deep.equal([
      'ACT 1 b0 r0',
      'ACT 6 b2 r0', // tRRD_S
      'RD 12 b0 c0',
      'RD 17 b2 c0', // its row is open at 17
      'RD 21 b0 c1', // tCCD_S after 17; tCCD_L after 12 is 18
      'RD 25 b2 c1',
    ]);
  });

  it('close a row for another one: tRAS, tRTP, tRP', () => {
    const { said, activity } = runRequests(part, plainSettings, [{ address: 0 }, { address: allBanks }]);
    // PRE at max(1 + tRAS, 12 + tRTP) = 31, ACT tRP later, which is 1 + tRC.
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'RD 12 b0 c0', 'PRE 31 b0', 'ACT 43 b0 r1', 'RD 54 b0 c0']);
    expect([activity.rowHits, activity.rowMisses, activity.rowConflicts]).to.deep.equal([0, 1, 1]);
  });

  it('wait for written data to be recovered before the row closes', () => {
    const { said } = runRequests(part, plainSettings, [
      { address: 0, isWrite: true },
      { address: allBanks, clock: 2 },
    ]);
    // WR 12: data until 12 + 8 + 4 = 24, tWR 15 more: 39; tRP.
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'WR 12 b0 c0', 'PRE 39 b0', 'ACT 51 b0 r1', 'RD 62 b0 c0']);
  });

  it('turn the bus from writing to reading and back', () => {
    const { said } = runRequests(part, plainSettings, [
      { address: 0, isWrite: true },
      { address: 64, clock: 13 },
      { address: 128, isWrite: true, clock: 34 },
    ]);
    // RD: 12 + 8 + 4 + tWTR_L 9 = 33. WR: data of the read end at 47, two clocks of turnaround, less tCWL 8.
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'WR 12 b0 c0', 'RD 33 b0 c1', 'WR 41 b0 c2']);
  });

  it('keep activates apart: tRRD_S, tRRD_L, and four in tFAW', () => {
    const wide = plainPart({ tRRD_S: 5, tRRD_L: 7, tFAW: 40 }, { bankGroups: 4, banksPerGroup: 2 });
    const settings = { ...plainSettings, addressMap: 'row-bank-bankgroup-column' };
    const { said } = runRequests(
      wide,
      settings,
      [0, 1, 2, 3, 4, 5].map((at) => ({ address: at * bank })),
    );
    expect(said.filter((each) => each.startsWith('ACT'))).to.deep.equal([
      'ACT 1 b0 r0',
      'ACT 6 b2 r0',
      'ACT 11 b4 r0',
      'ACT 16 b6 r0',
      'ACT 41 b1 r0', // the first was at 1
      'ACT 46 b3 r0',
    ]);
    const inOneGroup = runRequests(part, plainSettings, [{ address: 0 }, { address: bank }]);
    expect(inOneGroup.said.slice(0, 2)).to.deep.equal(['ACT 1 b0 r0', 'ACT 8 b1 r0']);
  });

  it('serve what is ready before what is older', () => {
    const requests = [{ address: 0 }, { address: allBanks, clock: 1 }, { address: 64, clock: 2 }];
    const { said } = runRequests(part, plainSettings, requests);
    expect(said.slice(0, 4)).to.deep.equal(['ACT 1 b0 r0', 'RD 12 b0 c0', 'RD 18 b0 c1', 'PRE 31 b0']);
  });

  it('read before they activate at the same clock, or take banks in turn', () => {
    const slow = plainPart({ tRRD_S: 5, tRRD_L: 17 });
    const requests = [{ address: 0 }, { address: bank }, { address: 64 }];
    const from18 = (scheduler: 'fr-fcfs' | 'round-robin'): readonly string[] =>
      runRequests(slow, { ...plainSettings, scheduler }, requests).said.slice(2, 4);
    // At 18 the younger read is tCCD_L behind the first, and the older request's activate tRRD_L.
    expect(from18('fr-fcfs')).to.deep.equal(['RD 18 b0 c1', 'ACT 19 b1 r0']);
    expect(from18('round-robin')).to.deep.equal(['ACT 18 b1 r0', 'RD 19 b0 c1']);
  });

  it('in order, give nothing for a request before the one ahead has had its read', () => {
    const requests = [{ address: 0 }, { address: bank }, { address: 64 }];
    const { said } = runRequests(part, { ...plainSettings, scheduler: 'in-order' }, requests);
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'RD 12 b0 c0', 'ACT 13 b1 r0', 'RD 24 b1 c0', 'RD 30 b0 c1']);
  });

  it('give way to an older request after so many hits', () => {
    const hits = Array.from({ length: 6 }, (_, at) => ({ address: 64 * at, clock: at < 2 ? 0 : 3 }));
    const requests = [hits[0], hits[1], { address: allBanks, clock: 2 }, ...hits.slice(2)];
    const served = (maxRowHits: number): number[] =>
      runRequests(part, { ...plainSettings, maxRowHits }, requests)
        .commands.filter(({ command }) => command === 'RD')
        .map(({ row: open, column }) => 100 * open + column);
    expect(served(16)).to.deep.equal([0, 1, 2, 3, 4, 5, 100]);
    expect(served(3)).to.deep.equal([0, 1, 2, 100, 3, 4, 5]);
  });

  it('close each row with its read or write where pages are closed', () => {
    const { said, activity } = runRequests(part, { ...plainSettings, page: 'closed' }, [
      { address: 0 },
      { address: 64, isWrite: true, clock: 20 },
    ]);
    // The row closes by itself at 31 and may open tRP later. WRA: 54 + 12 + 15 recovered, then tRP.
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'RDA 12 b0 c0', 'ACT 43 b0 r0', 'WRA 54 b0 c1']);
    expect(activity.precharges).to.equal(2);
  });

  it('close a row that nothing has asked for lately where pages time out', () => {
    const settings = { ...plainSettings, page: 'timeout' as const, pageTimeoutClocks: 50 };
    const { said } = runRequests(part, settings, [{ address: 0 }, { address: 64, clock: 100 }], 200);
    expect(said).to.deep.equal([
      'ACT 1 b0 r0',
      'RD 12 b0 c0',
      'PRE 62 b0',
      'ACT 101 b0 r0',
      'RD 112 b0 c1',
      'PRE 162 b0',
    ]);
  });

  it('refresh every tREFI, with all rows closed before', () => {
    const { said, activity } = runRequests(
      part,
      { ...plainSettings, refresh: 'all-bank' },
      [{ address: 0 }, { address: 64, clock: 3999 }],
      9000,
    );
    // Due at 4000: all rows close at once, tRPab 14 later the refresh, tRFC 100 later the next row.
    expect(said).to.deep.equal([
      'ACT 1 b0 r0',
      'RD 12 b0 c0',
      'PREA 4000',
      'REF 4014',
      'ACT 4114 b0 r0',
      'RD 4125 b0 c1',
      'PREA 8000',
      'REF 8014',
    ]);
    expect(activity.refreshes).to.equal(2);
  });

  it('refresh one bank while the others work', () => {
    const { said } = runRequests(
      part,
      { ...plainSettings, refresh: 'per-bank' },
      [
        { address: 0, clock: 985 },
        { address: bank, clock: 1001 },
        { address: 128, clock: 1003 },
      ],
      2000,
    );
    // Each bank every 4000 clocks: bank 0 at 1000. Its row was opened at 986, so it closes at 1016.
    expect(said).to.deep.equal([
      'ACT 986 b0 r0',
      'RD 997 b0 c0',
      'ACT 1002 b1 r0',
      'RD 1013 b1 c0',
      'PRE 1016 b0',
      'REFpb 1028 b0',
      'ACT 1078 b0 r0',
      'RD 1089 b0 c2',
    ]);
  });

  it('put a rank that has nothing to do to sleep, and wake it for a request', () => {
    const { said, activity } = runRequests(
      part,
      { ...plainSettings, powerDownClocks: 20 },
      [{ address: 0 }, { address: 64, clock: 500 }],
      600,
    );
    // Data are through at 26, one clock more, 20 idle; tXP 6 after waking.
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'RD 12 b0 c0', 'PDE 47', 'PDX 500', 'RD 506 b0 c1']);
    // Asleep again at 506 + 14 + 1 + 20 = 541.
    expect(activity.activePowerDownClocks).to.equal(500 - 47 + (600 - 541));
    expect(activity.activeStandbyClocks).to.equal(600 - 1 - activity.activePowerDownClocks);
    expect(activity.prechargeStandbyClocks).to.equal(1);
  });

  it('leave a row open in its sleep, though nothing has asked for it for long', () => {
    const settings = {
      ...plainSettings,
      page: 'timeout' as const,
      pageTimeoutClocks: 100,
      powerDownClocks: 20,
    };
    const { said } = runRequests(part, settings, [{ address: 0 }, { address: 64, clock: 500 }]);
    expect(said).to.deep.equal(['ACT 1 b0 r0', 'RD 12 b0 c0', 'PDE 47', 'PDX 500', 'RD 506 b0 c1']);
  });

  it('do not sleep while a refresh is under way', () => {
    const settings = { ...plainSettings, refresh: 'all-bank' as const, powerDownClocks: 5 };
    const { said } = runRequests(part, settings, [{ address: 0 }, { address: 64, clock: 4015 }]);
    // Idle from 4007, when the rows have been closed, to the refresh at 4020.
    expect(said).to.deep.equal([
      'ACT 1 b0 r0',
      'RD 12 b0 c0',
      'PDE 32',
      'PDX 4000',
      'PREA 4006',
      'REF 4020',
      'ACT 4120 b0 r0',
      'RD 4131 b0 c1',
    ]);
  });

  it('let writes wait for others while requests are coming, and reads for writes that go out', () => {
    const settings = { ...plainSettings, writeHigh: 3, writeLow: 0 };
    const writes = [0, 1, 2].map((clock) => ({ address: 64 * clock, isWrite: true, clock }));
    expect(runRequests(part, settings, writes).said[0]).to.equal('ACT 3 b0 r0');
    const narrow = { ...plainSettings, bankQueue: 1, writeHigh: 2, writeLow: 0 };
    const { said } = runRequests(part, narrow, [
      { address: 0, isWrite: true },
      { address: 64, isWrite: true },
      { address: bank, clock: 2 },
    ]);
    // The read gets its place when the second write has one, after the first has gone at 13.
    expect(said).to.deep.equal(['ACT 2 b0 r0', 'WR 13 b0 c0', 'ACT 14 b1 r0', 'WR 19 b0 c1', 'RD 40 b1 c0']);
  });

  it('keep a rank active while any row is open or still closing, and banks busy with a command or its data', () => {
    const closed = { ...plainSettings, page: 'closed' as const };
    // Rows are open from 1 to 31 and from 21 to 51; the data end at 46.
    const requests = [{ address: 0 }, { address: bank, clock: 20 }];
    expect(runRequests(part, closed, requests, 100).activity).to.include({
      activeStandbyClocks: 50,
      prechargeStandbyClocks: 50,
    });
    expect(runRequests(part, closed, requests).activity).to.include({
      clocks: 46,
      activeStandbyClocks: 45,
      prechargeStandbyClocks: 1,
    });
    const { activity } = runRequests(part, plainSettings, [{ address: 0 }, { address: 64 }]);
    // An activate from 1, reads at 12 and 18, whose data end at 26 and 32.
    expect(activity).to.include({ busyClocks: 31, bankBusyClocks: 31 });
  });

  it('wake a sleeping rank for its refresh', () => {
    const settings = { ...plainSettings, refresh: 'all-bank' as const, powerDownClocks: 20 };
    const { said, activity } = runRequests(part, settings, [], 5000);
    expect(said).to.deep.equal(['PDE 20', 'PDX 4000', 'REF 4006']);
    expect(activity.prechargePowerDownClocks).to.equal(4000 - 20 + (5000 - (4106 + 20)));
  });

  it('answer a read from a write that waits, and join requests for the same burst', () => {
    const settings = { ...plainSettings, writeHigh: 32, writeLow: 8 };
    const requests = [
      { address: bank },
      { address: 0, isWrite: true },
      { address: 0, clock: 2 },
      { address: 0, isWrite: true, clock: 2 },
      { address: bank + 10, clock: 2 },
    ];
    const { activity, said } = runRequests(part, settings, requests);
    expect(said.filter((each) => /^(RD|WR)/.test(each))).to.have.length(2);
    expect([activity.reads, activity.writes, activity.forwarded, activity.merged]).to.deep.equal([
      1, 1, 1, 2,
    ]);
  });

  it('put a gap on the bus where the rank changes, and refresh ranks in turn', () => {
    const settings = { ...plainSettings, ranks: 2, addressMap: 'row-bankgroup-bank-column-rank' };
    const { commands } = runRequests(
      part,
      settings,
      [0, 64, 128, 192].map((address) => ({ address })),
    );
    const reads = commands.filter(({ command }) => command === 'RD').map(({ clock, rank }) => [clock, rank]);
    // Rows of both ranks open at 1 and 2. Data of 4 clocks, 2 between ranks.
    expect(reads).to.deep.equal([
      [12, 0],
      [18, 1],
      [24, 0],
      [30, 1],
    ]);
    const refreshed = runRequests(part, { ...settings, refresh: 'all-bank' }, [], 8001).commands;
    expect(refreshed.map(({ clock, rank }) => [clock, rank])).to.deep.equal([
      [2000, 0],
      [4000, 1],
      [6000, 0],
      [8000, 1],
    ]);
  });

  it('serve channels side by side, in the order of one door', () => {
    const settings = { ...plainSettings, channels: 2, addressMap: 'row-bankgroup-bank-column-channel' };
    const { commands, endClock } = runRequests(
      part,
      settings,
      [0, 64, 128, 192].map((address) => ({ address })),
    );
    const reads = commands
      .filter(({ command }) => command === 'RD')
      .map(({ clock, channel }) => [clock, channel]);
    expect(reads).to.have.deep.members([
      [12, 0],
      [12, 1],
      [18, 0],
      [18, 1],
    ]);
    expect(endClock).to.equal(18 + 14);
  });
});
