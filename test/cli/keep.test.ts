import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, inWorkspace, psconv, rowsOf } from './command.js';

const { 'scenario.yaml': scenario, 'machine.yaml': machine } = files;
/** A command-level DRAM, which remembers what the layers before did. */
const withPart = machine.replace(/dram:.*/, 'dram: { part: lpddr4-3200 }');
const keeping = (keep: string): string => `${scenario}keep: ${keep}\n`;

/** A row's counts; the check and its columns are of runs on data alone. */
function counted(rows: ReadonlyArray<Record<string, string>>): Array<Record<string, string>> {
  return rows.map((row) => ({ ...row, checkedOutputs: '', mismatches: '' }));
}

/** The fields of a row of a variant. */
function fieldsOf(
  rows: ReadonlyArray<Record<string, string>>,
  variant: string,
  layer: string,
  fields: readonly string[],
): string[] {
  const row = rows.find((each) => each.variant === variant && each.layer === layer);
  return fields.map((field) => row?.[field] ?? 'missing');
}

describe('psconv run with maps that stay on chip', function () {
  this.timeout(120_000);

  for (const dram of ['flat', 'commands']) {
    it(`computes what the reference does, and counts the same in every execution, with a DRAM of kind ${dram}`, () =>
      inWorkspace(
        async (folder) => {
          const layers: Array<Array<Record<string, string>>> = [];
          for (const execution of ['register', 'tile', 'estimate']) {
            const words = ['--execution', execution, '--out', execution];
            const { code, stdout, stderr } = await psconv(folder, ['run', 'scenario.yaml', ...words]);
            expect(stderr).to.equal('');
            expect(code).to.equal(0);
            expect(stdout).to.match(/keep auto: 3 of 3 maps stay on chip: in glb relu1, relu2, pool/);
            layers.push(rowsOf(join(folder, execution, 'layers.csv')));
          }
          const [register, tile, estimate] = layers;
          expect(tile.map(({ mismatches }) => mismatches)).to.deep.equal(tile.map(() => '0'));
          expect(register).to.deep.equal(tile);
          expect(counted(estimate)).to.deep.equal(counted(tile));
          const summary = rowsOf(join(folder, 'tile/summary.csv'));
          // The image comes in, the result goes out.
          expect(summary[0]['dramBytes.ifmap']).to.equal(String(3 * 8 * 8));
          expect(summary[0]['dramBytes.ofmap']).to.equal('10');
        },
        {
          'scenario.yaml': keeping('auto').replace('PSD4_P8', 'PSD4_P8, PSD1_P16'),
          ...(dram === 'commands' && { 'machine.yaml': withPart }),
        },
      ));
  }

  it('keeps the maps that the scenario names, by map or by layer, and says which', () =>
    inWorkspace(
      async (folder) => {
        const { code, stdout } = await psconv(folder, ['run', 'scenario.yaml', '--execution', 'estimate']);
        expect(code).to.equal(0);
        expect(stdout).to.include('keep: 2 of 3 maps stay on chip: in glb relu1, pool');
        const rows = rowsOf(join(folder, 'results/small/layers.csv'));
        const kept = (layer: string): string[] =>
          fieldsOf(rows, 'PSD4_P8', layer, ['keptInput', 'keptResidual', 'keptOutput']);
        expect(kept('conv1')).to.deep.equal(['', '', 'glb']);
        expect(kept('conv2')).to.deep.equal(['glb', 'glb', '']);
        expect(kept('pool')).to.deep.equal(['', '', 'glb']);
        expect(kept('fc')).to.deep.equal(['glb', '', '']);
        // conv1's map of 1024 B is read by conv2 as its input and as its residual.
        const copied = (layer: string): string[] =>
          fieldsOf(rows, 'PSD4_P8', layer, [
            'copiedBytes.ifmap',
            'copiedBytes.ofmap',
            'dram.ifmap.readBytes',
          ]);
        expect(copied('conv1')).to.deep.equal(['0', '1024', '192']);
        expect(copied('conv2')).to.deep.equal(['2048', '0', '0']);
        expect(copied('pool')).to.deep.equal(['0', '16', '1024']);
        // The DMA's energy is that of all bits that it moves.
        const pjPerByte = rows.map((row) => {
          const moved = Object.entries(row).reduce(
            (sum, [column, value]) =>
              /^dram\.\w+\.(read|write)Bytes$|^copiedBytes\./.test(column) ? sum + Number(value) : sum,
            0,
          );
          return Number(row['energyPj.dma']) / moved;
        });
        for (const each of pjPerByte) expect(each).to.be.closeTo(pjPerByte[0], 1e-9 * pjPerByte[0]);
      },
      { 'scenario.yaml': keeping('{ conv1: glb, pool: glb }') },
    ));

  it('plans the whole network, so that a layer reported alone counts as among all', () =>
    inWorkspace(
      async (folder) => {
        await psconv(folder, ['run', 'scenario.yaml', '--execution', 'estimate', '--out', 'all']);
        await psconv(folder, ['run', 'scenario.yaml', '--layers', 'conv1', '--out', 'one']);
        const [all, one] = ['all', 'one'].map((out) => rowsOf(join(folder, out, 'layers.csv')));
        expect(counted(one)).to.deep.equal(counted(all).filter(({ layer }) => layer === 'conv1'));
        expect(one[0].keptOutput).to.equal('glb');
      },
      { 'scenario.yaml': keeping('auto') },
    ));

  it('saves DRAM energy and more than the copies cost', () =>
    inWorkspace(
      async (folder) => {
        const totals: Array<Record<string, number>> = [];
        for (const file of ['scenario.yaml', 'keep.yaml']) {
          await psconv(folder, ['run', file, '--execution', 'estimate', '--out', file.slice(0, 4)]);
          const json = readFileSync(join(folder, file.slice(0, 4), 'summary.json'), 'utf8');
          const { variants } = JSON.parse(json) as { variants: Array<{ energyPj: Record<string, number> }> };
          totals.push(variants[0].energyPj);
        }
        const [plain, kept] = totals;
        expect(kept.dram).to.be.below(plain.dram);
        expect(kept.total).to.be.below(plain.total);
        expect(kept.mac).to.equal(plain.mac);
      },
      { 'keep.yaml': keeping('auto') },
    ));

  it('keeps no compressed map by itself, and says so', () =>
    inWorkspace(
      async (folder) => {
        const { code, stdout } = await psconv(folder, ['run', 'scenario.yaml', '--execution', 'estimate']);
        expect(code).to.equal(0);
        expect(stdout).to.include('keep auto: no map stays on chip, since maps lie as bitmask');
        const rows = rowsOf(join(folder, 'results/small/layers.csv'));
        expect(rows.every(({ keptOutput }) => keptOutput === '')).to.equal(true);
      },
      { 'scenario.yaml': `${keeping('auto')}activations: bitmask\n` },
    ));
});

describe('psconv validate', function () {
  this.timeout(60_000);

  const refused: ReadonlyArray<readonly [string, string, RegExp]> = [
    [
      'an unknown map',
      '{ conv3: glb }',
      /scenario\.yaml:7:16: keep\.conv3: expected a map or a layer of net, got "conv3"; did you mean "conv1"\?/,
    ],
    [
      'an unknown buffer',
      '{ conv1: gbl }',
      /scenario\.yaml:7:16: keep\.conv1: expected a buffer of machine that holds ifmap or ofmap, got "gbl"; did you mean "glb"\?/,
    ],
    [
      'the image',
      '{ input: glb }',
      /scenario\.yaml:7:16: keep\.input: expected a map that a layer makes, got the network's input, which lies in DRAM/,
    ],
    [
      'the result',
      '{ fc: glb }',
      /scenario\.yaml:7:13: keep\.fc: expected a map that a later layer reads, got the network's result, which lies in DRAM/,
    ],
    [
      'a map under two of its names',
      '{ conv1: glb, relu1: glb }',
      /scenario\.yaml:7:28: keep\.relu1: expected each map once, got "relu1", which is "conv1" again/,
    ],
    [
      'compressed maps',
      '{ conv1: glb }\nactivations: bitmask',
      /scenario\.yaml:7:16: keep\.conv1: expected maps that lie dense, got activations: bitmask/,
    ],
    ['a word that means nothing', 'all', /scenario\.yaml:7:7: keep: expected .*got "all"/],
  ];
  for (const [what, keep, message] of refused) {
    it(`refuses to keep ${what}`, () =>
      inWorkspace(
        async (folder) => {
          const { code, stderr } = await psconv(folder, ['validate', 'scenario.yaml']);
          expect(code).to.equal(2);
          expect(stderr).to.match(message);
          expect(stderr.trim().split('\n')).to.have.length(1);
        },
        { 'scenario.yaml': keeping(keep) },
      ));
  }

  it('refuses maps that find no room, naming the layer, the need, the room and what else is kept', () =>
    inWorkspace(
      async (folder) => {
        const { code, stderr } = await psconv(folder, ['validate', 'scenario.yaml']);
        expect(code).to.equal(2);
        expect(stderr).to.match(
          /scenario\.yaml:7:28: keep\.conv2: expected room in buffer glb, which has 2048 B, while layer conv2 runs, got \d+ B for the smallest tile beside 2048 B of kept maps \(relu1 1024 B, relu2 1024 B\); keep fewer maps there/,
        );
      },
      {
        'scenario.yaml': keeping('{ conv1: glb, conv2: glb }'),
        'machine.yaml': machine.replace('32 KiB', '2 KiB'),
      },
    ));

  it('refuses a prescribed mapping that finds no room beside kept maps', () =>
    inWorkspace(
      async (folder) => {
        const { code, stderr } = await psconv(folder, ['validate', 'scenario.yaml']);
        expect(code).to.equal(2);
        expect(stderr).to.match(
          /scenario\.yaml:7:16: keep\.conv1: expected room in buffer glb, which has 7168 B, while layer conv2 runs, got a prescribed mapping that does not fit beside 1024 B of kept maps \(relu1 1024 B\)/,
        );
      },
      {
        'scenario.yaml': `${keeping('{ conv1: glb }')}mapping:
  conv2: { tile: { filters: 16, channels: 16, rows: 3, columns: 8 }, order: filters rows columns channels }
`,
        'machine.yaml': machine.replace('32 KiB', '7 KiB'),
      },
    ));

  it('finds the room that there is', () =>
    inWorkspace(
      async (folder) => {
        const { code, stdout } = await psconv(folder, ['validate', 'scenario.yaml']);
        expect(code).to.equal(0);
        expect(stdout).to.include('every layer fits');
      },
      {
        'scenario.yaml': keeping('{ conv1: glb, conv2: glb }'),
        'machine.yaml': machine.replace('32 KiB', '3 KiB'),
      },
    ));
});
