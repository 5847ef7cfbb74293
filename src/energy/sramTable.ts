import { expectKind, faultAt, parseDocument, readDocument } from '../document/document.js';
import { resolveReference } from '../document/library.js';
import { pointColumns, sramTableSchema } from './schema.js';
import type { SramPoint, SramTable, SramWidth } from './sram.js';

/**
 * Reads a table of kind `sram-table`, by name or by path.
 *
 * @throws UserError at the faulty row
 */
export async function loadSramTable(reference: string, fromFile?: string): Promise<SramTable> {
  const document = await readDocument(await resolveReference(reference, 'sram-table', fromFile));
  expectKind(document, 'sram-table');
  const { name, family, source, cells } = parseDocument(document, sramTableSchema);

  const known = new Set<string>();
  return {
    name,
    family,
    source,
    file: document.file,
    cells: cells.map(({ cell, technology: technologyNm, points }, cellIndex) => {
      const key = `${cell} at ${technologyNm} nm`;
      if (known.has(key)) {
        throw faultAt(document, ['cells', cellIndex], `expected each cell once per node, got ${key} again`);
      }
      known.add(key);

      const seen = new Set<string>();
      const read = points.map((row, rowIndex) => {
        const fail = (message: string): never => {
          throw faultAt(document, ['cells', cellIndex, 'points', rowIndex], message);
        };
        const point = readPoint(row, fail);
        const place = `${point.capacityBytes} B by ${point.wordBits} bits`;
        if (seen.has(place)) fail(`expected each point once, got ${place} again`);
        seen.add(place);
        return point;
      });
      return { cell, technologyNm, widths: byWidth(read) };
    }),
  };
}

const numberCount = pointColumns.split(',').length;

function readPoint(row: string, fail: (message: string) => never): SramPoint {
  const words = row.trim().split(/\s+/);
  const numbers = words.map(Number);
  if (numbers.length !== numberCount) {
    fail(`expected ${numberCount} numbers (${pointColumns}), got ${numbers.length}: "${row}"`);
  }
  const bad = numbers.findIndex((value) => !Number.isFinite(value) || value <= 0);
  if (bad >= 0) {
    fail(`expected a positive number for ${pointColumns.split(', ')[bad]}, got "${words[bad]}"`);
  }
  const broken = numbers.slice(0, 2).findIndex((value) => !Number.isInteger(value));
  if (broken >= 0) {
    fail(`expected a whole number for ${pointColumns.split(', ')[broken]}, got "${words[broken]}"`);
  }
  const [capacityBytes, wordBits, readPj, writePj, leakageMw, areaMm2, accessNs] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { capacityBytes, wordBits, readPj, writePj, leakageMw, areaMm2, accessNs };
}

function byWidth(points: readonly SramPoint[]): SramWidth[] {
  const widths = [...new Set(points.map((point) => point.wordBits))].sort((a, b) => a - b);
  return widths.map((wordBits) => ({
    wordBits,
    points: points
      .filter((point) => point.wordBits === wordBits)
      .sort((a, b) => a.capacityBytes - b.capacityBytes),
  }));
}
