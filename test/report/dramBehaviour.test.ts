import { expect } from 'chai';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { layersCsv, summaryCsv } from '../../src/report/csv.js';
import { dramBehaviour } from '../../src/report/dramBehaviour.js';
import { summaryRecord } from '../../src/report/records.js';
import { terminalTable } from '../../src/report/terminalTable.js';
import { activity } from '../dram/parts.js';
import { accelerator, counts, perTensor } from '../energy/fixtures.js';
import { resultOf, roundDram as dram } from './fixtures.js';

function layer(
  name: string,
  latencyPs: number,
  bytes: number,
  changes: Parameters<typeof activity>[0],
): LayerCounts {
  const access = (readBytes: number, writeBytes: number) => ({
    readBytes,
    writeBytes,
    readBursts: 0,
    writeBursts: 0,
  });
  return counts({
    layer: name,
    latencyPs,
    dram: { ...perTensor(() => access(0, 0)), weight: access(bytes / 2, 0), ofmap: access(0, bytes / 2) },
    dramActivity: activity(changes),
  });
}

const first = layer('one', 1_000_000, 1600, {
  ...{ clocks: 1000, activates: 10, precharges: 9, reads: 60, writes: 40, refreshes: 2, bankRefreshes: 3 },
  ...{ rowHits: 90, rowMisses: 6, rowConflicts: 4, forwarded: 5, merged: 3 },
  ...{ busyClocks: 500, bankBusyClocks: 1500, readLatencyClocks: 1800, longestReadLatencyClocks: 70 },
  ...{ activeStandbyClocks: 600, prechargeStandbyClocks: 400 },
});
const second = layer('two', 3_000_000, 4800, {
  ...{ clocks: 3000, activates: 100, reads: 100, rowMisses: 100 },
  ...{ busyClocks: 1500, bankBusyClocks: 1500, readLatencyClocks: 6200, longestReadLatencyClocks: 90 },
});

describe('the behaviour of a DRAM', () => {
  it('is told in shares of what happened', () => {
    expect(dramBehaviour([first], dram)).to.deep.equal({
      ...{
        activates: 10,
        precharges: 9,
        reads: 60,
        writes: 40,
        refreshes: 2,
        bankRefreshes: 3,
        forwarded: 5,
        merged: 3,
      },
      ...{ rowHits: 90, rowMisses: 6, rowConflicts: 4 },
      rowHitRate: 0.9,
      bankLevelParallelism: 3,
      meanReadLatencyPs: 30_000,
      longestReadLatencyPs: 70_000,
      // 1600 B in a microsecond
      bytesPerSecond: 1.6e9,
      peakShare: 0.2,
      ...{ activeStandbyClocks: 600, prechargeStandbyClocks: 400 },
      ...{ activePowerDownClocks: 0, prechargePowerDownClocks: 0 },
    });
  });

  it('of a network is that of all its layers, not the mean of theirs', () => {
    expect(dramBehaviour([first, second], dram)).to.include({
      ...{ activates: 110, reads: 160, rowHits: 90, rowMisses: 106, rowHitRate: 0.45 },
      ...{ bankLevelParallelism: 1.5, meanReadLatencyPs: 50_000, longestReadLatencyPs: 90_000 },
      ...{ bytesPerSecond: 1.6e9, peakShare: 0.2 },
    });
  });

  it('has no shares of nothing', () => {
    expect(dramBehaviour([counts({ dramActivity: activity() })], dram)).to.include({
      ...{ rowHits: 0, rowHitRate: null, bankLevelParallelism: null, meanReadLatencyPs: null },
      ...{ longestReadLatencyPs: null, bytesPerSecond: null, peakShare: null },
    });
  });

  it('is not told of a flat DRAM', () => {
    expect(dramBehaviour([counts()], accelerator().dram)).to.equal(undefined);
    expect(dramBehaviour([counts()], dram)).to.equal(undefined);
  });
});

/** A table's cells by the name of its line. */
function cellsOf(text: string): Map<string, string> {
  return new Map(
    text.split('\n').map((line) => {
      const [, name = '', , value = ''] = line.split('│').map((cell) => cell.trim());
      return [name, value] as const;
    }),
  );
}

describe('reports of a DRAM that was simulated command by command', () => {
  const result = resultOf({ layers: [first, second], machine: accelerator({ dram }) });

  it('show its behaviour and its energy by part in the terminal', () => {
    const cells = cellsOf(terminalTable(result));
    const shown = (name: string): string | undefined => cells.get(name);
    expect([...cells.keys()]).to.include('DRAM behaviour');
    expect(shown('row hits')).to.equal('90');
    expect(shown('row misses')).to.equal('106');
    expect(shown('row conflicts')).to.equal('4');
    expect(shown('row hit rate')).to.equal('45.0 %');
    expect(shown('activates')).to.equal('110');
    expect(shown('refreshes')).to.equal('5');
    expect(shown('banks at work')).to.equal('1.50');
    expect(shown('read latency, mean')).to.equal('50.0');
    expect(shown('bandwidth')).to.equal('1.60');
    expect(shown('of the peak')).to.equal('20.0 %');
    // 110 x 3920 pJ, 160 x 1600, 40 x 1280, 2 x 42,000 + 3 x 10,500, 600 x 124 + 400 x 84
    expect(shown('of DRAM, activates')).to.equal('0.43');
    expect(shown('of DRAM, reads')).to.equal('0.26');
    expect(shown('of DRAM, writes')).to.equal('0.05');
    expect(shown('of DRAM, refreshes')).to.equal('0.12');
    expect(shown('of DRAM, background')).to.equal('0.11');
  });

  it('have columns and keys for both, by layer and in all', () => {
    const rows = (csv: string): Array<Record<string, string>> => {
      const [head = '', ...lines] = csv.trim().split('\n');
      const names = head.split(',');
      return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])));
    };
    const [one, two] = rows(layersCsv(result));
    expect(one).to.include({ 'dramBehaviour.rowHits': '90', 'dramBehaviour.rowHitRate': '0.9' });
    expect(one).to.include({
      'energyPj.dramParts.activate': '39200',
      'energyPj.dramParts.background': '108000',
    });
    expect(two).to.include({ 'dramBehaviour.rowHits': '0', 'dramBehaviour.activates': '100' });
    expect(rows(summaryCsv(result))[0]).to.include({
      'dramBehaviour.activates': '110',
      'energyPj.dramParts.read': '256000',
    });
    const [variant] = summaryRecord(result).variants as ReadonlyArray<Record<string, unknown>>;
    expect(variant?.dramBehaviour).to.deep.equal(dramBehaviour([first, second], dram));
  });

  it('say nothing of either where the DRAM is flat', () => {
    const flat = resultOf({ layers: [counts()] });
    expect(terminalTable(flat)).to.not.match(/DRAM behaviour|of DRAM,/);
    expect(layersCsv(flat) + summaryCsv(flat)).to.not.match(/dramBehaviour|dramParts/);
  });
});
