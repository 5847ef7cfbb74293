import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { allDataflows } from '../../src/dataflow/dataflows.js';
import { traceFile } from './traceFile.js';
import { tracePass, tracedPasses } from './tracedPasses.js';
import type { TracedPass } from './tracedPasses.js';

const named = (name: string): TracedPass => {
  const pass = tracedPasses.find((each) => each.name === name);
  if (pass === undefined) throw new Error(`no pass ${name}`);
  return pass;
};

/** What was multiplied: cycle, row, column, activation, weight. */
function products(text: string): string[] {
  const found: string[] = [];
  let cycle = -1;
  for (const line of text.split('\n')) {
    cycle = Number(/^cycle (\d+)/.exec(line)?.[1] ?? cycle);
    const match = /PE\((\d+),(\d+)\) {2}ifmap (-?\d+) .*?weight (-?\d+) .*\*$/.exec(line);
    if (match !== null) found.push([cycle, ...match.slice(1, 5)].join(' '));
  }
  return found.sort();
}

/** Products as they follow on paper from where each operand has to be. */
function onPaper(
  at: (row: number, column: number, step: number) => readonly [cycle: number, ifmap: number, weight: number],
): string[] {
  const expected: string[] = [];
  for (const row of [0, 1]) {
    for (const column of [0, 1]) {
      for (const step of [0, 1]) {
        const [cycle, ifmap, weight] = at(row, column, step);
        expected.push([cycle, row, column, ifmap, weight].join(' '));
      }
    }
  }
  return expected.sort();
}

const shipped = ['output-stationary', 'weight-stationary', 'input-stationary', 'row-stationary', 'lock-step'];

describe('recorded traces', () => {
  for (const pass of tracedPasses) {
    it(`${pass.name} is what the registers do, and what it comes to`, () => {
      const { text, cycles, sums } = tracePass(pass);
      expect(cycles).to.equal(pass.cycles);
      expect(sums).to.deep.equal(pass.sums);
      const recorded = readFileSync(traceFile(pass), 'utf8');
      expect(recorded, 'what was worked out is told').to.match(/^# \S/);
      expect(recorded.replace(/^#.*\n/gm, '')).to.equal(text);
    });
  }

  it('show every dataflow, and nothing is left over', () => {
    const shown = new Set(tracedPasses.map(({ dataflow }) => dataflow));
    expect([...shown]).to.have.members(shipped);
    expect(allDataflows().map(({ name }) => name)).to.include.members(shipped);
    const files = readdirSync(dirname(traceFile({ name: '' }))).filter((file) => file.endsWith('.trace'));
    expect(files).to.have.members(tracedPasses.map(({ name }) => `${name}.trace`));
  });

  const x = [1, 2, 3];
  const w = [
    [1, 2],
    [3, 4],
  ];

  it('output stationary: tap k meets PE (r, c) in cycle k + r + c', () => {
    const { text } = tracePass(named('output-stationary-2x2'));
    expect(products(text)).to.deep.equal(onPaper((r, c, k) => [k + r + c, x[r + k], w[c][k]]));
  });

  it('weight stationary: position m meets PE (r, c) in cycle R + m + r + c', () => {
    const { text } = tracePass(named('weight-stationary-2x2'));
    expect(products(text)).to.deep.equal(onPaper((r, c, m) => [2 + m + r + c, x[m + r], w[c][r]]));
  });

  it('input stationary: filter n meets PE (r, c) in cycle R + n + r + c', () => {
    const { text } = tracePass(named('input-stationary-2x2'));
    expect(products(text)).to.deep.equal(onPaper((r, c, n) => [2 + n + r + c, x[c + r], w[n][r]]));
  });
});
