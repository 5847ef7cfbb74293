import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inWorkspace, psconv, rowsOf } from './command.js';

const run = ['run', 'scenario.yaml', '--variants', 'PSD4_P8', '--count', '1'];

interface Manifest {
  readonly sha256: Readonly<Record<string, string>>;
  readonly accelerator: { readonly dram: Readonly<Record<string, unknown>> };
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'results/small/manifest.json'), 'utf8')) as Manifest;
}

describe('psconv run --dram', function () {
  this.timeout(60_000);

  it("takes a flat DRAM by its name in place of the accelerator's, and says so in the manifest", () =>
    inWorkspace(async (folder) => {
      expect((await psconv(folder, run)).code).to.equal(0);
      const [own] = rowsOf(join(folder, 'results/small/summary.csv'));
      expect(manifestOf(folder).accelerator.dram).to.include({
        kind: 'flat',
        bandwidthBytesPerSecond: 3.2e9,
      });
      expect((await psconv(folder, [...run, '--dram', 'flat'])).code).to.equal(0);
      const [other] = rowsOf(join(folder, 'results/small/summary.csv'));
      expect(other['dramBytes.total']).to.equal(own['dramBytes.total']);
      expect(other.latencyPs).to.not.equal(own.latencyPs);
      const { accelerator, sha256 } = manifestOf(folder);
      expect(accelerator.dram).to.include({ kind: 'flat', bandwidthBytesPerSecond: 12.8e9 });
      expect(Object.keys(sha256).filter((file) => /dram[/\\]flat\.yaml$/.test(file))).to.have.length(1);
    }));

  it('runs on a real part, whose commands make up the energy of its DRAM', () =>
    inWorkspace(async (folder) => {
      const { code, stdout, stderr } = await psconv(folder, [...run, '--dram', 'lpddr4-3200']);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.match(/DRAM behaviour/);
      expect(stdout).to.match(
        /DRAM: lpddr4-3200, 1 channel of 1 rank, .*fr-fcfs, window 32, page open, refresh all-bank/,
      );
      const [summary] = rowsOf(join(folder, 'results/small/summary.csv'));
      const figure = (column: string): number => Number(summary[column]);
      const parts = ['activate', 'read', 'write', 'refresh', 'background'].map((part) =>
        figure(`energyPj.dramParts.${part}`),
      );
      const sum = parts.reduce((total, pj) => total + pj, 0);
      expect(sum).to.be.above(0);
      expect(sum).to.be.closeTo(figure('energyPj.dram'), sum * 1e-12);
      const requests = ['rowHits', 'rowMisses', 'rowConflicts'].map((column) =>
        figure(`dramBehaviour.${column}`),
      );
      expect(requests.reduce((total, count) => total + count, 0)).to.equal(
        figure('dramBehaviour.reads') + figure('dramBehaviour.writes'),
      );
      const { part } = manifestOf(folder).accelerator.dram as { part: { name: string; file: string } };
      expect(part.name).to.equal('lpddr4-3200');
    }));

  it('is refused where the part cannot be driven so', () =>
    inWorkspace(async (folder) => {
      const machine = join(folder, 'machine.yaml');
      const text = readFileSync(machine, 'utf8');
      writeFileSync(machine, text.replace(/dram: .*/, 'dram: { part: lpddr4-3200, refresh: per-bank }'));
      const { code, stderr } = await psconv(folder, [...run, '--dram', 'ddr4-2400']);
      expect(code).to.equal(2);
      expect(stderr).to.match(
        /^psconv: machine with the DRAM ddr4-2400: dram\.refresh: .*does not refresh single banks/,
      );
    }));
});
