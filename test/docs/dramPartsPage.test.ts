import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listLibrary } from '../../src/document/library.js';
import { packageRoot } from '../../src/document/package.js';
import { commandEnergy } from '../../src/dram/dramEnergy.js';
import { loadDram, loadPart } from '../../src/dram/loadPart.js';
import { burstBytesOf, peakBytesPerSecond } from '../../src/dram/part.js';
import { sharedTimings, timings } from '../../src/dram/timingNames.js';
import { inFolder } from '../document/fixtures.js';

const read = (page: string): string => readFileSync(join(packageRoot(), 'docs', page), 'utf8');

/** Cells of the lines of a table that begin with the name of a part. */
function linesOf(page: string, names: readonly string[]): Map<string, string[]> {
  const rows = read(page)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  return new Map(rows.flatMap(([, name = '', ...cells]) => (names.includes(name) ? [[name, cells]] : [])));
}

describe('the page of DRAM parts', () => {
  it('has an example that loads', () =>
    inFolder(async (folder) => {
      const example = /```yaml\n([^]*?)```/.exec(read('dram-parts.md'))?.[1] ?? '';
      const file = join(folder, 'mine.yaml');
      await writeFile(file, example);
      expect((await loadPart(file)).timing).to.deep.equal({
        ...(await loadPart('ddr4-2400')).timing,
        // tXP, as no tCKE is given
        tCKE: 8,
      });
    }));

  it('lists every timing', () => {
    const page = read('dram-parts.md');
    const missing = ['tCK', ...timings, ...Object.keys(sharedTimings)].filter(
      (name) => !page.includes(`\`${name}\``),
    );
    expect(missing).to.deep.equal([]);
  });

  it('lists what is shipped, with its bandwidth; the page of energy with what its commands cost', async () => {
    const names = (await listLibrary('dram')).map(({ name }) => name);
    const shipped = linesOf('dram-parts.md', names);
    const costs = linesOf('energy.md', names);
    expect([...shipped.keys()]).to.have.members(names);
    for (const name of names) {
      const loaded = await loadDram(name);
      if (loaded.model === 'flat') continue;
      const { part } = loaded;
      expect(shipped.get(name)?.[1], name).to.match(/^[\d.]+ GB\/s$/);
      expect(parseFloat(shipped.get(name)?.[1] ?? ''), name).to.be.closeTo(
        peakBytesPerSecond(part) / 1e9,
        0.05,
      );
      const { readPj, writePj, activatePj } = commandEnergy(part);
      const bits = burstBytesOf(part.organisation) * 8;
      const [read, write, activate] = (costs.get(name) ?? []).map(parseFloat);
      expect(read, name).to.be.closeTo(readPj / bits, 0.0051);
      expect(write, name).to.be.closeTo(writePj / bits, 0.0051);
      expect(activate, name).to.be.closeTo(activatePj / part.organisation.devices, 0.51);
    }
  });
});
