import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandDramSpec } from '../../src/accelerator/accelerator.js';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { withDram } from '../../src/accelerator/withDram.js';
import { packageRoot } from '../../src/document/package.js';
import { defaultController } from '../../src/dram/controllerSettings.js';
import { loadPart } from '../../src/dram/loadPart.js';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { inFolder, refusal } from '../document/fixtures.js';

/** edge-16x16 with another `dram`; `part` may be the text of a part beside it, under the name `own`. */
async function withKey(dram: string, part?: string): Promise<Accelerator> {
  let loaded: Accelerator | undefined;
  await inFolder(async (folder) => {
    const text = await readFile(join(packageRoot(), 'configs/accelerators/edge-16x16.yaml'), 'utf8');
    const file = join(folder, 'changed.yaml');
    await writeFile(file, text.replace(/dram:\n( {2}.*\n)+/, `dram: ${dram}\n`));
    if (part !== undefined) await writeFile(join(folder, 'own.yaml'), part);
    loaded = await loadAccelerator(file);
  });
  return loaded!;
}

async function commandDram(dram: string, part?: string): Promise<CommandDramSpec> {
  const spec = (await withKey(dram, part)).dram;
  if (spec.kind !== 'commands') expect.fail('it is flat');
  return spec;
}

async function withoutCurrents(): Promise<string> {
  const text = await readFile(join(packageRoot(), 'configs/dram/lpddr4-3200.yaml'), 'utf8');
  return text.replace(/currents:[^]*$/, '').replace('name: lpddr4-3200', 'name: own');
}

describe("an accelerator's DRAM", () => {
  it('is that of a name: flat, or a part behind the default controller', async () => {
    const { file, ...flat } = { file: undefined, ...(await withKey('flat')).dram };
    expect(flat).to.deep.equal((await loadAccelerator('one-pe')).dram);
    expect(file).to.match(/configs\/dram\/flat\.yaml$/);
    const spec = await commandDram('lpddr4-3200');
    expect(spec.part).to.deep.equal(await loadPart('lpddr4-3200'));
    expect(spec.controller).to.deep.equal(defaultController);
    expect(spec).to.include({
      bandwidthBytesPerSecond: 6.4e9,
      burstBytes: 32,
      source: spec.part.railsSource,
    });
    expect(spec).to.not.have.property('energyPjPerBit');
  });

  it('is a part with what is said of its controller, times in clocks of the part, rounded up', async () => {
    const { controller, bandwidthBytesPerSecond } = await commandDram(
      '{ part: lpddr4-3200, channels: 2, ranks: 2, addressMap: channel-rank-row-bank-column, scheduler: in-order, window: 16, ' +
        "writeDrain: { high: 8, low: 2 }, page: timeout, pageTimeout: '100.1 ns', maxRowHits: 4, refresh: per-bank, " +
        "powerDown: '200 ns' }",
    );
    expect(controller).to.include({
      ...{
        channels: 2,
        ranks: 2,
        addressMap: 'channel-rank-row-bank-column',
        scheduler: 'in-order',
        window: 16,
      },
      ...{ writeHigh: 8, writeLow: 2, page: 'timeout', pageTimeoutClocks: 161, maxRowHits: 4 },
      ...{ refresh: 'per-bank', powerDownClocks: 320 },
    });
    expect(bandwidthBytesPerSecond).to.equal(12.8e9);
  });

  it('keeps the marks of writes at their share of another window', async () => {
    const { window, writeHigh, writeLow } = defaultController;
    const small = (await commandDram(`{ part: lpddr4-3200, window: ${window / 4} }`)).controller;
    expect(small).to.include({ writeHigh: writeHigh / 4, writeLow: writeLow / 4 });
    expect((await commandDram('{ part: lpddr4-3200, window: 1 }')).controller).to.include({
      writeHigh: 1,
      writeLow: 0,
    });
  });

  it('may have an energy in place of currents', async () => {
    const spec = await commandDram(
      '{ part: own, energy: 5 pJ/bit, source: a paper }',
      await withoutCurrents(),
    );
    expect(spec).to.include({ energyPjPerBit: 5, source: 'a paper' });
  });
});

describe("an accelerator's DRAM is refused for", () => {
  const refused: ReadonlyArray<readonly [what: string, dram: string, message: RegExp]> = [
    [
      'a name that there is not',
      'lpddr4-3020',
      /:\d+:7: dram: expected name or path of a dram file, got "lpddr4-3020"; did you mean "lpddr4-3200"\?/,
    ],
    [
      'a part that there is not',
      '{ part: ddr4 }',
      /dram\.part: expected name or path of a dram file, got "ddr4"/,
    ],
    [
      'a controller of a flat DRAM',
      '{ part: flat, channels: 2 }',
      /dram\.part: expected a DRAM part with "model: commands", got flat, .*write dram: flat/,
    ],
    [
      'three channels',
      '{ part: lpddr4-3200, channels: 3 }',
      /dram\.channels: expected a power of two, got 3/,
    ],
    [
      'an address map with a field that there is not',
      '{ part: lpddr4-3200, addressMap: row-bnak-column }',
      /dram\.addressMap: .*"bnak"; did you mean "bank"\?/,
    ],
    [
      'an address map without rows',
      '{ part: lpddr4-3200, addressMap: bank-column }',
      /dram\.addressMap: .*row/,
    ],
    [
      'a window beyond any',
      '{ part: lpddr4-3200, window: 257 }',
      /dram\.window: expected positive integer of at most 256, got 257/,
    ],
    [
      'writes that wait for more than fit',
      '{ part: lpddr4-3200, window: 16, writeDrain: { high: 17, low: 2 } }',
      /dram\.writeDrain\.high: expected at most the window of 16 requests, got 17/,
    ],
    [
      'writes that stop before they start',
      '{ part: lpddr4-3200, writeDrain: { high: 8, low: 8 } }',
      /dram\.writeDrain\.low: expected less than "high", 8, got 8/,
    ],
    [
      'half a write drain',
      '{ part: lpddr4-3200, writeDrain: { high: 8 } }',
      /dram\.writeDrain: missing key "low"/,
    ],
    [
      'a page policy without its time',
      '{ part: lpddr4-3200, page: timeout }',
      /dram\.pageTimeout: expected a time such as "100 ns" with "page: timeout", got none/,
    ],
    [
      'a time without its page policy',
      "{ part: lpddr4-3200, pageTimeout: '1 us' }",
      /dram\.pageTimeout: expected a time with "page: timeout" only, got one with "page: open"/,
    ],
    [
      'single banks refreshed where there is no such command',
      '{ part: ddr3-1600, refresh: per-bank }',
      /dram\.refresh: expected "all-bank" or "none", got "per-bank": ddr3-1600 does not refresh single banks/,
    ],
    [
      'power-down before the part can',
      "{ part: lpddr4-3200, powerDown: '6 ns' }",
      /dram\.powerDown: expected at least 7\.5 ns, the 12 clocks .*\(tCKE\), got 10 clocks$/,
    ],
    ['an energy without a source', '{ part: lpddr4-3200, energy: 8 pJ/bit }', /dram: missing key "source"/],
    [
      'a source without an energy',
      '{ part: lpddr4-3200, source: me }',
      /dram\.source: expected "source" beside "energy" only/,
    ],
    [
      'an unknown setting',
      '{ part: lpddr4-3200, chanels: 2 }',
      /dram\.chanels: unknown key; did you mean "channels"\?/,
    ],
    [
      'a flat DRAM without an energy',
      '{ kind: flat, bandwidth: 1 GB/s, latency: 1 ns, source: me }',
      /dram: missing key "energy"/,
    ],
    ['another kind', '{ kind: magic }', /dram/],
    ['a number', '5', /dram: expected .*got 5/],
  ];
  for (const [what, dram, message] of refused) {
    it(what, async () => {
      const said = await refusal(() => withKey(dram));
      expect(said).to.match(/changed\.yaml:\d+:\d+: /);
      expect(said).to.match(message);
    });
  }

  it('a part without currents, and no energy', async () => {
    const part = await withoutCurrents();
    expect(await refusal(() => withKey('own', part))).to.match(
      /changed\.yaml:\d+:7: dram: expected an energy per bit and its source, got none: own gives no currents; write dram: \{ part, energy, source \}/,
    );
  });

  it('single banks refreshed more slowly than is due', async () => {
    const text = await readFile(join(packageRoot(), 'configs/dram/lpddr4-3200.yaml'), 'utf8');
    const part = text.replace('tREFI: 6246 clk', 'tREFI: 1792 clk');
    expect(await refusal(() => withKey('{ part: own, refresh: per-bank }', part))).to.match(
      /dram\.refresh: .*8 banks x 224 clocks \(tRFCpb\) do not fit the 1792 clocks/,
    );
    await withKey('{ part: own, refresh: per-bank }', part.replace('1792', '1793'));
  });
});

describe('another DRAM', () => {
  it('comes with the default controller where the accelerator had a flat one', async () => {
    const flat = await loadAccelerator('one-pe');
    const { dram, ...others } = await withDram(flat, 'lpddr3-1600');
    expect(dram).to.deep.include({ kind: 'commands', controller: defaultController });
    expect({ ...others, dram: flat.dram }).to.deep.equal(flat);
    expect((await withDram(flat, 'flat')).dram).to.deep.include(flat.dram);
  });

  it("keeps the accelerator's controller, times as times, and no energy that was said of the part", async () => {
    const accelerator = await withKey(
      "{ part: lpddr4-3200, channels: 4, page: timeout, pageTimeout: '100 ns', powerDown: '50 ns', energy: 5 pJ/bit, source: me }",
    );
    const { dram } = await withDram(accelerator, 'lpddr3-1600');
    if (dram.kind !== 'commands') expect.fail('it is flat');
    expect(dram.part.name).to.equal('lpddr3-1600');
    expect(dram.controller).to.include({
      channels: 4,
      page: 'timeout',
      pageTimeoutClocks: 80,
      powerDownClocks: 40,
    });
    expect(dram.bandwidthBytesPerSecond).to.equal(4 * 6.4e9);
    expect(dram).to.not.have.property('energyPjPerBit');
    expect(dram.source).to.equal(dram.part.railsSource);
  });

  it('is refused where the controller does not suit it', async () => {
    const accelerator = await withKey('{ part: lpddr4-3200, refresh: per-bank }');
    expect(await refusal(() => withDram(accelerator, 'ddr4-2400'))).to.match(
      /^edge-16x16 with the DRAM ddr4-2400: dram\.refresh: expected "all-bank" or "none", got "per-bank"/,
    );
  });
});
