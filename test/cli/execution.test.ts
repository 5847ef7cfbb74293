import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, inWorkspace, psconv, rowsOf } from './command.js';

const { 'machine.yaml': machine, 'scenario.yaml': scenario } = files;
/** One row, so that a tap is skipped wherever its only activation is zero. */
const onArray = (settings: string) =>
  machine.replace('rows: 4', 'rows: 1').replace('weight-stationary', `output-stationary, ${settings}`);

/** Columns that only a run on data can fill. */
function withoutCheck(rows: ReadonlyArray<Record<string, string>>): Array<Record<string, string>> {
  return rows.map((row) => ({ ...row, checkedOutputs: '', mismatches: '' }));
}

describe('psconv run --execution', function () {
  this.timeout(60_000);

  it('counts the same register by register, tile by tile and estimated, and computes what the reference does', () =>
    inWorkspace(async (folder) => {
      const layers: Array<Array<Record<string, string>>> = [];
      for (const execution of ['register', 'tile', 'estimate']) {
        const { code, stdout, stderr } = await psconv(folder, [
          'run',
          'scenario.yaml',
          '--execution',
          execution,
          '--out',
          execution,
        ]);
        expect(stderr).to.equal('');
        expect(code).to.equal(0);
        expect(stdout.includes('estimated, nothing was computed')).to.equal(execution === 'estimate');
        layers.push(rowsOf(join(folder, execution, 'layers.csv')));
      }
      const [register, tile, estimate] = layers;
      expect(register).to.deep.equal(tile);
      expect(tile.every(({ mismatches }) => mismatches === '0')).to.equal(true);
      expect(estimate).to.deep.equal(withoutCheck(tile));
    }));

  it('counts the same on a DRAM of commands, with its rows, its clocks and its energy', () =>
    inWorkspace(async (folder) => {
      const layers: Array<Array<Record<string, string>>> = [];
      for (const execution of ['register', 'tile', 'estimate']) {
        const words = ['run', 'scenario.yaml', '--dram', 'lpddr4-3200', '--execution', execution];
        const { code, stderr } = await psconv(folder, [...words, '--out', execution]);
        expect(stderr).to.equal('');
        expect(code).to.equal(0);
        layers.push(rowsOf(join(folder, execution, 'layers.csv')));
      }
      const [register, tile, estimate] = layers;
      expect(register).to.deep.equal(tile);
      expect(estimate).to.deep.equal(withoutCheck(tile));
      expect(tile.every(({ mismatches }) => mismatches === '0')).to.equal(true);
      expect(tile.some((row) => Number(row['dramBehaviour.rowHits']) > 0)).to.equal(true);
    }));

  it('gates and skips what is zero in the real maps, register by register as tile by tile', () =>
    inWorkspace(
      async (folder) => {
        const counts = new Map<string, Array<Record<string, string>>>();
        for (const [name, accelerator] of [
          ['plain', 'machine.yaml'],
          ['gate', 'gate.yaml'],
          ['skip', 'skip.yaml'],
        ]) {
          for (const execution of ['register', 'tile']) {
            const file = `${name}-${execution}`;
            const run = scenarioFor(accelerator, `execution: ${execution}`);
            const { code, stdout } = await psconvWith(folder, run, ['--out', file]);
            expect(code).to.equal(0);
            const said = /multiplications by zero activations are (\w+)/.exec(stdout)?.[1];
            expect(said).to.equal({ plain: undefined, gate: 'gated', skip: 'skipped' }[name]);
            expect(stdout.includes('as if no activation were zero')).to.equal(name === 'skip');
            counts.set(file, rowsOf(join(folder, file, 'layers.csv')));
          }
          expect(counts.get(`${name}-register`)).to.deep.equal(counts.get(`${name}-tile`));
        }
        const layer = (file: string): Record<string, string> =>
          counts.get(`${file}-tile`)?.find((row) => row.layer === 'conv2') ?? {};
        const [plain, gate, skip] = ['plain', 'gate', 'skip'].map(layer);
        const performed = Number(plain['macs.performed']);
        expect(Number(gate['macs.gated'])).to.be.within(performed * 0.2, performed * 0.9);
        expect(Number(gate['macs.performed']) + Number(gate['macs.gated'])).to.equal(performed);
        expect(gate.cycles, 'a gated MAC takes its cycle').to.equal(plain.cycles);
        expect(Number(gate['energyPj.mac'])).to.be.below(Number(plain['energyPj.mac']));
        expect(skip['macs.performed']).to.equal(gate['macs.performed']);
        expect(Number(skip.computeCycles)).to.be.below(Number(plain.computeCycles));
      },
      {
        'machine.yaml': onArray('gate: none'),
        'gate.yaml': onArray('gate: activation'),
        'skip.yaml': onArray('skip: activation'),
      },
    ));

  it('measures utilization against all MAC lanes', () =>
    inWorkspace(
      async (folder) => {
        const { code } = await psconvWith(folder, scenarioFor('machine.yaml', 'execution: estimate'), [
          '--out',
          'out',
        ]);
        expect(code).to.equal(0);
        const [row] = rowsOf(join(folder, 'out', 'summary.csv'));
        const most = Number(row.cycles) * 1 * 4 * 2;
        expect(Number(row.utilization)).to.be.closeTo(Number(row['macs.performed']) / most, 1e-12);
      },
      { 'machine.yaml': onArray('macLanes: 2') },
    ));

  it('estimates gated MACs by the density that is given, and says what it took for granted', () =>
    inWorkspace(
      async (folder) => {
        const estimate = async (
          keys: string,
        ): Promise<{ stdout: string; gated: number; performed: number }> => {
          const { code, stdout } = await psconvWith(
            folder,
            scenarioFor('machine.yaml', `execution: estimate\nactivations: bitmask\n${keys}`),
            ['--out', 'out'],
          );
          expect(code).to.equal(0);
          const row = rowsOf(join(folder, 'out', 'layers.csv')).find(({ layer }) => layer === 'conv2');
          return { stdout, gated: Number(row?.['macs.gated']), performed: Number(row?.['macs.performed']) };
        };
        const without = await estimate('');
        expect(without.stdout).to.include('feature maps without zeros, since no activationDensity is given');
        const half = await estimate('activationDensity: 0.5');
        expect(half.stdout).to.include('zeros drawn at random');
        // Padding is zero whatever the density.
        const inside = without.performed;
        expect(half.performed).to.be.within(inside * 0.45, inside * 0.55);
        const named = await estimate('activationDensity: { conv1: 0.5 }');
        expect(named.gated).to.equal(half.gated);
        const wrong = await psconvWith(
          folder,
          scenarioFor('machine.yaml', 'execution: estimate\nactivationDensity: { conv9: 0.5 }'),
          [],
        );
        expect(wrong.code).to.equal(2);
        expect(wrong.stderr).to.match(
          /own\.yaml:8:29: activationDensity\.conv9: expected a layer of net, got "conv9"/,
        );
      },
      { 'machine.yaml': onArray('gate: activation') },
    ));
});

describe('psconv wave', function () {
  this.timeout(60_000);

  it('prints what PEs hold, cycle by cycle, and writes the same as a value change dump', () =>
    inWorkspace(async (folder) => {
      const words = ['wave', 'scenario.yaml', '--layer', 'conv2', '--variant', 'PSD4_P8', '--pass', '0'];
      const window = ['--rows', '0-1', '--columns', '0', '--cycles', '4-9'];
      const shown = await psconv(folder, [...words, ...window]);
      expect(shown.stderr).to.equal('');
      expect(shown.stdout).to.match(
        /^# layer conv2, PSD4_P8, weight-stationary on 4x4: pass 0 of \d+, \d+ cycles\n/,
      );
      const cycles = [...shown.stdout.matchAll(/^cycle (\d+)/gm)].map(([, cycle]) => Number(cycle));
      expect(cycles).to.deep.equal([4, 5, 6, 7, 8, 9]);
      const pes = new Set([...shown.stdout.matchAll(/PE\((\d+),(\d+)\)/g)].map(([pe]) => pe));
      expect([...pes].sort()).to.deep.equal(['PE(0,0)', 'PE(1,0)']);
      const written = await psconv(folder, [...words, ...window, '--vcd', 'w.vcd', '--text', 'w.txt']);
      expect(written.code).to.equal(0);
      expect(readFileSync(join(folder, 'w.txt'), 'utf8')).to.equal(shown.stdout);
      const vcd = readFileSync(join(folder, 'w.vcd'), 'utf8');
      expect(vcd).to.match(/\$timescale 1 ps \$end/);
      // The first value of every register of the text is in the dump, in two's complement.
      const code = /\$scope module pe_0_0 \$end\n\$var reg 8 (\S+) ifmap/.exec(vcd)?.[1] ?? '';
      const values = [...shown.stdout.matchAll(/PE\(0,0\) {2}ifmap (-?\d+) /g)].map(([, value]) =>
        Number(value),
      );
      const dumped = vcd.split('\n').filter((line) => line.startsWith('b') && line.endsWith(` ${code}`));
      expect(dumped.length).to.be.above(0);
      const bits = (value: number): string => BigInt.asUintN(8, BigInt(value)).toString(2);
      expect(values.map(bits)).to.include(dumped[dumped.length - 1].slice(1, -code.length - 1));
    }));

  it('refuses passes, PEs, cycles and layers that there are none of', () =>
    inWorkspace(async (folder) => {
      const refused = async (...words: string[]): Promise<string> => {
        const { code, stdout, stderr } = await psconv(folder, ['wave', 'scenario.yaml', ...words]);
        expect(code).not.to.equal(0);
        expect(stdout).to.equal('');
        return stderr;
      };
      expect(await refused('--layer', 'conv2', '--pass', '999')).to.match(
        /expected a pass of layer conv2 below \d+, got 999/,
      );
      expect(await refused('--layer', 'conv2', '--rows', '0-4')).to.match(
        /--rows: expected PEs of an array of 4, got 0-4/,
      );
      expect(await refused('--layer', 'conv2', '--cycles', '999999')).to.match(
        /--cycles: expected cycles of the pass/,
      );
      expect(await refused('--layer', 'pool')).to.match(/expected a layer that runs on the array, got pool/);
      expect(await refused('--layer', 'conv3')).to.match(/expected a layer of net, got "conv3"/);
      expect(await refused('--layer', 'conv2', '--rows', '3-1')).to.match(
        /expected a range that ends where it starts/,
      );
    }));
});

function scenarioFor(accelerator: string, keys: string): string {
  return `${scenario.replace('machine.yaml', accelerator).replace('[dense, PSD4_P8]', '[PSD4_P8]')}${keys}\n`;
}

function psconvWith(folder: string, text: string, words: readonly string[]): ReturnType<typeof psconv> {
  writeFileSync(join(folder, 'own.yaml'), text);
  return psconv(folder, ['run', 'own.yaml', ...words]);
}
