import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/document/package.js';
import { writeFilesAtomically } from '../src/document/writeAtomically.js';
import { fullPlan, quickPlan } from './benchPlan.js';
import { goalTable, reachedGoals } from './print/goals.js';
import { growthPlot } from './print/growthPlot.js';
import { describeMachine, load, machineLine } from './print/machine.js';
import { tableMarkdown, tableText } from './print/table.js';
import type { Table } from './print/table.js';
import { runBench } from './runBench.js';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, markdown: { type: 'boolean', default: false } },
});
const machine = describeMachine();
const loadAtStart = load();
const start = new Date();
console.log(machineLine(machine));
console.log(`load at the start: ${loadAtStart.toFixed(2)}`);
console.log('figures are medians (lower to upper quartile)\n');

const show = (table: Table): void => {
  console.log(`${options.markdown ? tableMarkdown(table) : tableText(table)}\n`);
};
const folder = mkdtempSync(join(tmpdir(), 'psconv-bench-'));
try {
  const measured = await runBench(options.quick ? quickPlan : fullPlan, folder, show);
  const goals = reachedGoals(measured);
  show(goalTable(goals));
  const loadAtEnd = load();
  const seconds = (Date.now() - start.getTime()) / 1000;
  console.log(`load at the end: ${loadAtEnd.toFixed(2)}; ${seconds.toFixed(0)} s in all`);
  const record = {
    kind: options.quick ? 'quick' : 'full',
    date: start.toISOString(),
    ...{ seconds, machine, loadAtStart, loadAtEnd, goals, ...measured },
  };
  const cpu = machine.cpu.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name = `${options.quick ? 'quick-' : ''}${record.date.slice(0, 10)}-${cpu}.json`;
  await writeFilesAtomically(join(packageRoot(), 'bench', 'results'), {
    [name]: `${JSON.stringify(record, undefined, 2)}\n`,
    // Of a few sizes there is not much to see.
    ...(!options.quick && { 'growth.svg': growthPlot(measured.growth) }),
  });
  console.log(`kept in bench/results/${name}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
