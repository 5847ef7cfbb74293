import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDramController } from '../../../src/dram/controller/createDramController.js';
import { dramCommandNames } from '../../../src/dram/command.js';
import { defaultController } from '../../../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../../../src/dram/controllerSettings.js';
import { dramsim3 } from '../../../src/dram/trace/dramsim3.js';
import { replayTrace } from '../../../src/dram/trace/replayTrace.js';
import type { CommandTrace, Replay, ReplayOptions } from '../../../src/dram/trace/replayTrace.js';
import { createRandom } from '../../../src/tensor/random.js';
import { inFolder } from '../../document/fixtures.js';
import { capacityBytes, part } from './fixtures.js';

function replayText(
  text: string,
  settings: ControllerSettings = defaultController,
  options: ReplayOptions = {},
): Promise<Replay | CommandTrace> {
  return inFolder((folder) => {
    const file = join(folder, 'a.trace');
    writeFileSync(file, text);
    return replayTrace(file, part, settings, options);
  });
}

async function replayRequests(
  text: string,
  settings: ControllerSettings = defaultController,
  options: ReplayOptions = {},
): Promise<Replay> {
  const result = await replayText(text, settings, options);
  if (result.kind !== 'replay') throw new Error('expected a trace of requests');
  return result;
}

describe('replaying a trace', () => {
  it('takes a read as long as activate, read and data take', async () => {
    const { tRCDRD, tCL } = part.timing;
    const told: string[] = [];
    const { clocks, timePs, bytes, reads, writes, activity } = await replayRequests('LD 0x40', undefined, {
      observe: (clock, command) => told.push(`${clock} ${dramCommandNames[command]}`),
    });
    // It comes in at clock 0; its first command goes at 1.
    expect(told).to.deep.equal(['1 ACT', `${1 + tRCDRD} RD`]);
    expect(clocks).to.equal(1 + tRCDRD + tCL + 4);
    expect(timePs).to.equal(clocks * 833);
    expect({ reads, writes, bytes }).to.deep.equal({ reads: 1, writes: 0, bytes: 64 });
    expect(activity).to.include({ activates: 1, reads: 1, rowMisses: 1, clocks });
  });

  it('gives the bandwidth of what moved, and the peak of all channels', async () => {
    const { clocks, bandwidthBytesPerSecond, peakBytesPerSecond } = await replayRequests(
      'LD 0\nLD 64\nST 128\n',
      { ...defaultController, channels: 2 },
    );
    expect(bandwidthBytesPerSecond).to.be.closeTo((3 * 64) / (clocks * 833e-12), 1);
    expect(peakBytesPerSecond).to.be.closeTo((2 * 64) / (4 * 833e-12), 1);
  });

  it('lets no request come before its clock', async () => {
    const told: number[] = [];
    const { clocks } = await replayRequests('0x0 READ 0\n0x40 READ 5000\n', undefined, {
      observe: (clock, command) => {
        if (dramCommandNames[command] === 'RD') told.push(clock);
      },
    });
    expect(told).to.have.length(2);
    expect(told[1]).to.be.above(5000);
    expect(clocks).to.be.within(5000, 5100);
  });

  it('comes to what one batch of all requests comes to, however long the trace', async function () {
    this.timeout(60_000);
    const random = createRandom(7);
    const requests = Array.from(
      { length: 60_000 },
      (_, i) =>
        [
          Math.floor(random.next() * (capacityBytes / 64)) * 64,
          random.next() < 0.3,
          i < 40_000 ? 0 : i * 4,
        ] as const,
    );
    const text = requests.map((request) => `${dramsim3.write(...request)}\n`).join('');
    for (const changed of [{}, { channels: 2 }, { page: 'closed', powerDownClocks: 30 }] as const) {
      const settings = { ...defaultController, ...changed };
      const { clocks, activity, reads, writes } = await replayRequests(text, settings);
      const whole = createDramController(part, settings);
      whole.beginBatch();
      for (const [address, isWrite, clock] of requests) whole.push(address, isWrite, clock, 0);
      expect(clocks).to.equal(whole.finish());
      whole.idleUntil(clocks);
      expect(activity).to.deep.equal(whole.activity());
      expect(reads + writes).to.equal(60_000);
      expect(writes).to.equal(requests.filter(([, isWrite]) => isWrite).length);
    }
  });

  it('does not run a trace of commands, but tells of each', async () => {
    const told: number[][] = [];
    const result = await replayText('1 ACT 0 0 1 2 3 0\n18 RD 0 0 1 2 3 4\n', undefined, {
      onFileCommand: (...command) => told.push(command),
    });
    expect(result).to.include({ kind: 'commands', commands: 2 });
    expect(told).to.deep.equal([
      [1, 0, 0, 0, 1, 2, 3, 0],
      [18, dramCommandNames.indexOf('RD'), 0, 0, 1, 2, 3, 4],
    ]);
  });
});
