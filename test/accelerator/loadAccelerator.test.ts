import { plainArray } from '../dataflow/passes.js';
import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { withDataflow } from '../../src/accelerator/withDataflow.js';
import { packageRoot } from '../../src/document/package.js';
import { UserError } from '../../src/document/userError.js';
import type { Location } from '../../src/document/userError.js';

let folder: string;
let shipped: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'psconv-'));
  shipped = await readFile(join(packageRoot(), 'configs/accelerators/edge-16x16.yaml'), 'utf8');
});
after(() => rm(folder, { recursive: true, force: true }));

/** The message for the shipped accelerator with a change in its text. */
async function refusal(from: string | RegExp, to: string): Promise<string> {
  const text = shipped.replace(from, to);
  expect(text, 'the change').to.not.equal(shipped);
  const file = join(folder, 'changed.yaml');
  await writeFile(file, text);
  try {
    await loadAccelerator(file);
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    const { message } = error as UserError;
    expect(message).to.match(/changed\.yaml:\d+:\d+: /);
    expect(message).to.not.include('\n');
    return message;
  }
  throw new Error('it was accepted');
}

describe('accelerator file', () => {
  it('edge-16x16 is what its comments say', async () => {
    const accelerator = await loadAccelerator('edge-16x16');
    expect(accelerator.periodPs).to.equal(2000);
    expect(accelerator.clockHz).to.equal(500e6);
    expect(accelerator.technologyNm).to.equal(45);
    expect(accelerator.array).to.deep.equal({
      rows: 16,
      columns: 16,
      dataflow: 'output-stationary',
      ...plainArray,
    });
    expect(accelerator.buffers.map(({ capacityBytes }) => capacityBytes)).to.deep.equal([
      131072, 131072, 65536,
    ]);
    expect(accelerator.buffers[1].holds).to.deep.equal(['weight', 'index']);
    expect(accelerator.dram).to.include({
      kind: 'commands',
      bandwidthBytesPerSecond: 12.8e9,
      burstBytes: 32,
    });
  });

  it('skips activations where its dataflow can', async () => {
    const file = join(folder, 'skips.yaml');
    await writeFile(file, shipped.replace('dataflow:', 'skip: activation\n  dataflow:'));
    const accelerator = await loadAccelerator(file);
    expect(accelerator.array.skip).to.equal('activation');
    expect(() => withDataflow(accelerator, 'weight-stationary')).to.throw(
      UserError,
      /skips\.yaml:11:9: array\.skip: .*weight-stationary/,
    );
    const same = withDataflow(await loadAccelerator('edge-16x16'), 'weight-stationary');
    expect(same.array.dataflow).to.equal('weight-stationary');
  });

  it('tells where it says what the energy table may refuse', async () => {
    const { places } = await loadAccelerator('edge-16x16');
    const lines = shipped.split('\n');
    const lineAt = (place: Location | undefined): string | undefined => lines[place!.line! - 1];
    expect(lineAt(places?.technology)).to.match(/^technology:/);
    expect(lineAt(places?.energyTable)).to.match(/^energyTable:/);
    expect(lineAt(places?.buffers['output-buffer'])).to.match(/- name: output-buffer$/);
  });

  it('rounds the clock period to whole picoseconds, and the clock with it', async () => {
    const file = join(folder, 'third.yaml');
    await writeFile(file, shipped.replace('500 MHz', '300 MHz'));
    const { periodPs, clockHz } = await loadAccelerator(file);
    expect(periodPs).to.equal(3333);
    expect(clockHz).to.equal(1e12 / 3333);
  });

  const refused: ReadonlyArray<readonly [string, string | RegExp, string, RegExp]> = [
    ['an unknown key', 'clock:', 'clok:', /clok.*did you mean "clock"\?/],
    [
      'an unknown dataflow',
      'dataflow: output-stationary',
      'dataflow: output-stationry',
      /array\.dataflow: expected a dataflow, got "output-stationry"; did you mean "output-stationary"\? they are .*weight-stationary/,
    ],
    [
      'a dataflow that cannot skip and is to',
      'dataflow: output-stationary',
      'skip: activation\n  dataflow: input-stationary',
      /changed\.yaml:11:9: array\.skip: expected "none" with the dataflow input-stationary, got "activation": its partial sums move .*gate: activation .*output-stationary/,
    ],
    ['an unknown unit', '500 MHz', '500 MHy', /clock: expected frequency such as "1 GHz".*"500 MHy"/],
    ['a size without a unit where one is needed', '500 MHz', '500', /clock: .*without a unit/],
    ['rows that are negative', 'rows: 16', 'rows: -1', /array\.rows: expected positive integer, got -1/],
    ['rows that are zero', 'rows: 16', 'rows: 0', /array\.rows: expected positive integer, got 0/],
    ['rows that are fractional', 'rows: 16', 'rows: 1.5', /array\.rows: expected positive integer, got 1.5/],
    ['rows that are no number', 'rows: 16', 'rows: .nan', /array\.rows: expected positive integer, got NaN/],
    [
      'rows that are absurd',
      'rows: 16',
      'rows: 1e9',
      /array\.rows: expected positive integer of at most 4096, got 1000000000/,
    ],
    ['rows in words', 'rows: 16', 'rows: twelve', /array\.rows: expected positive integer, got "twelve"/],
    ['an absurd capacity', '64 KiB', '64 GiB * 1e6', /buffers\[2\]\.capacity/],
    [
      'a tensor in two buffers',
      'holds: [weight]',
      'holds: [weight, ifmap]',
      /holds: expected one buffer for ifmap, got "ifmap-buffer" and "weight-buffer"/,
    ],
    [
      'a tensor in no buffer',
      'holds: [psum, ofmap]',
      'holds: [ofmap]',
      /buffers: expected a buffer for each tensor, got none for psum/,
    ],
    [
      'two buffers of a name',
      'name: weight-buffer',
      'name: ifmap-buffer',
      /name: expected each name once, got "ifmap-buffer" again/,
    ],
    [
      'banks that do not divide a buffer',
      'cell: itrs-lop',
      'cell: itrs-lop\n    banks: 3',
      /banks: expected banks that divide 131072 B evenly, got 3/,
    ],
    [
      'words of broken bytes',
      'word: 128 bit',
      'word: 12 bit',
      /word: expected a word of whole bytes, got 12 bit/,
    ],
    ['a formula that is no arithmetic', '500 MHz', 'import("x")', /clock/],
    [
      'another kind of file',
      'kind: accelerator',
      'kind: network',
      /kind: expected "accelerator", got "network"/,
    ],
  ];
  for (const [what, from, to, message] of refused) {
    it(`is refused for ${what}`, async () => {
      expect(await refusal(from, to)).to.match(message);
    });
  }

  it('suggests the name that was meant', async () => {
    try {
      await loadAccelerator('edge-16x61');
      expect.fail('it was found');
    } catch (error) {
      expect((error as Error).message).to.match(/did you mean "edge-16x16"\?/);
    }
  });
});
