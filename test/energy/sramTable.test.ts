import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/document/userError.js';
import { lookUpSram, type SramBank, type SramPoint, type SramTable } from '../../src/energy/sram.js';
import { loadSramTable } from '../../src/energy/sramTable.js';

describe('the SRAM table cacti7-sram', () => {
  let sram: SramTable;
  const bank = (cell: string, technologyNm: number, capacityBytes: number, wordBits: number): SramBank =>
    lookUpSram(sram, { buffer: 'glb', cell, technologyNm, capacityBytes, banks: 1, wordBits });
  before(async () => {
    sram = await loadSramTable('cacti7-sram');
  });

  // CACTI 7 with Accelergy's settings, 300 K, one bank, one port
  const printed: Array<[string, number, SramPoint]> = [
    ['itrs-lstp', 45, point(512, 32, 0.846316, 1.75729, 2.19439e-5, 0.001894, 0.747131)],
    ['itrs-lstp', 45, point(4096, 64, 3.38552, 6.45356, 0.000140432, 0.0135029, 1.01793)],
    ['itrs-lstp', 45, point(65536, 128, 39.332, 36.0435, 0.00165181, 0.187953, 1.56867)],
    ['itrs-lstp', 45, point(4194304, 256, 521.724, 472.447, 0.0965072, 13.623, 6.73222)],
    ['itrs-lstp', 90, point(512, 32, 3.17196, 6.13208, 0.000101387, 0.00753175, 1.57745)],
    ['itrs-lstp', 65, point(4096, 64, 6.16767, 11.9532, 0.000986864, 0.0281628, 1.50929)],
  ];
  for (const [cell, nm, expected] of printed) {
    it(`has the figures of ${expected.capacityBytes} B by ${expected.wordBits} bits, ${cell}, ${nm} nm`, () => {
      expect(bank(cell, nm, expected.capacityBytes, expected.wordBits)).to.deep.equal({
        ...expected,
        extrapolated: [],
      });
    });
  }

  it('looks up every row as it is written', () => {
    let cell = '';
    let technologyNm = 0;
    let rows = 0;
    for (const line of readFileSync(sram.file, 'utf8').split('\n')) {
      cell = /^ *- cell: (\S+)$/.exec(line)?.[1] ?? cell;
      technologyNm = Number(/^ *technology: (\d+) nm$/.exec(line)?.[1] ?? technologyNm);
      const row = /^ *- (\d+ .*)$/.exec(line)?.[1];
      if (row === undefined) continue;
      const [capacityBytes, wordBits] = row.split(/ +/).map(Number);
      expect(written(bank(cell, technologyNm, capacityBytes, wordBits)), `${cell} ${technologyNm}`).to.equal(
        row,
      );
      rows++;
    }
    expect(rows).to.equal(429);
  });

  it('has every point of the sweep: 429, of three cells and five nodes', () => {
    const points = sram.cells.flatMap((cell) => cell.widths.flatMap((width) => width.points));
    expect(points).to.have.length(429);
    expect(sram.cells.map((cell) => `${cell.cell} ${cell.technologyNm}`)).to.have.members([
      ...[90, 65, 45, 32, 22].map((nm) => `itrs-lstp ${nm}`),
      ...[45, 32, 22].map((nm) => `itrs-hp ${nm}`),
      'itrs-lop 45',
    ]);
  });

  it('gives banks between two measured ones figures between theirs', () => {
    for (const cell of sram.cells) {
      for (const { wordBits, points } of cell.widths) {
        for (const [index, low] of points.slice(0, -1).entries()) {
          const high = points[index + 1];
          const middle = bank(cell.cell, cell.technologyNm, low.capacityBytes * 1.5, wordBits);
          for (const figure of ['readPj', 'writePj', 'leakageMw', 'areaMm2', 'accessNs'] as const) {
            const [least, most] = [low[figure], high[figure]].sort((a, b) => a - b);
            expect(middle[figure]).to.be.within(least * (1 - 1e-12), most * (1 + 1e-12));
          }
        }
      }
    }
  });

  it('gives words between two measured ones figures between theirs', () => {
    for (const { cell, technologyNm, widths } of sram.cells) {
      for (const [index, { wordBits, points }] of widths.slice(0, -1).entries()) {
        for (const narrow of points) {
          const wide = widths[index + 1].points.find((each) => each.capacityBytes === narrow.capacityBytes);
          if (wide === undefined) continue;
          const middle = bank(cell, technologyNm, narrow.capacityBytes, wordBits * 1.5);
          for (const figure of ['readPj', 'writePj', 'leakageMw', 'areaMm2', 'accessNs'] as const) {
            const [least, most] = [narrow[figure], wide[figure]].sort((a, b) => a - b);
            expect(middle[figure]).to.be.within(least * (1 - 1e-12), most * (1 + 1e-12));
          }
        }
      }
    }
  });

  it('names the measured range where it ends', () => {
    expect(() => bank('itrs-lstp', 45, 8 * 2 ** 20, 64)).to.throw(
      UserError,
      '512 B to 4 MiB with words of 64 bits',
    );
    expect(() => bank('itrs-lstp', 45, 512, 256)).to.throw(
      UserError,
      '2 KiB to 4 MiB with words of 256 bits',
    );
  });
});

function point(
  capacityBytes: number,
  wordBits: number,
  readPj: number,
  writePj: number,
  leakageMw: number,
  areaMm2: number,
  accessNs: number,
): SramPoint {
  return { capacityBytes, wordBits, readPj, writePj, leakageMw, areaMm2, accessNs };
}

/** A bank as the table's rows are written. */
function written({
  capacityBytes,
  wordBits,
  readPj,
  writePj,
  leakageMw,
  areaMm2,
  accessNs,
}: SramPoint): string {
  const figures = [readPj, writePj, leakageMw, areaMm2, accessNs].map((figure) =>
    figure < 1e-4 ? figure.toExponential().replace(/e-(\d)$/, 'e-0$1') : String(figure),
  );
  return [capacityBytes, wordBits, ...figures].join('  ');
}

describe('a faulty SRAM table', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'psconv-sram-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const refused = async (rows: readonly string[], at: RegExp, message: string): Promise<void> => {
    const text = [
      'kind: sram-table',
      'name: mine',
      'source: me',
      'family: mine',
      'columns: capacity B, word bit, read pJ, write pJ, leakage mW, area mm2, access ns',
      'cells:',
      '  - cell: mine',
      '    technology: 45 nm',
      '    points:',
      ...rows.map((row) => `      - ${row}`),
      '',
    ].join('\n');
    const file = join(folder, 'mine.yaml');
    writeFileSync(file, text);
    const fault = await loadSramTable(file).then(
      () => expect.fail('the table was accepted'),
      (error: unknown) => error,
    );
    expect(fault).to.be.instanceOf(UserError);
    const { location, message: found } = fault as UserError;
    expect(found)
      .to.match(/^\S*mine\.yaml:\d+:\d+: /)
      .and.to.contain(message);
    expect(text.split('\n')[location!.line! - 1]).to.match(at);
  };
  const sound = '1024 32 1 2 0.1 0.2 0.3';

  it('names the row with a figure too few', () =>
    refused([sound, '2048 32 1 2 0.1 0.2'], /- 2048/, 'expected 7 numbers (capacity B, '));

  it('names the row and the column of a negative figure', () =>
    refused(
      [sound, '2048 32 1 -2 0.1 0.2 0.3'],
      /- 2048/,
      'expected a positive number for write pJ, got "-2"',
    ));

  it('names the row and the column of a figure that is no number', () =>
    refused(['1024 32 1 2 low 0.2 0.3'], /low/, 'expected a positive number for leakage mW, got "low"'));

  it('refuses banks and words of no whole size', async () => {
    await refused(['1024.5 32 1 1 1 1 1'], /1024\.5/, 'expected a whole number for capacity B, got "1024.5"');
    await refused(['1024 32.2 1 1 1 1 1'], /32\.2/, 'expected a whole number for word bit, got "32.2"');
  });

  it('refuses a point given twice', () =>
    refused([sound, sound], /- 1024/, 'expected each point once, got 1024 B by 32 bits again'));
});
