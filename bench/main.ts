import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fullPlan, quickPlan } from './benchPlan.js';
import { allTables } from './print/allTables.js';
import { describeMachine, load, machineLine } from './print/machine.js';
import { tableMarkdown, tableText } from './print/table.js';
import { keepRecord, readRecord } from './record.js';
import type { BenchRecord } from './record.js';
import { runBench } from './runBench.js';

/*
 * `--quick` measures less; `--markdown` prints tables as Markdown; `--show FILE` measures nothing and prints what was kept.
 */

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    show: { type: 'string' },
  },
});

if (options.show === undefined) {
  const record = await measure();
  print(record);
  console.log(`kept in ${await keepRecord(record)}`);
} else print(await readRecord(options.show));

async function measure(): Promise<BenchRecord> {
  const machine = describeMachine();
  const loadAtStart = load();
  const start = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'psconv-bench-'));
  try {
    const measured = await runBench(options.quick ? quickPlan : fullPlan, folder, (what) => {
      console.error(`${((Date.now() - start) / 1000).toFixed(0).padStart(4)} s  ${what}`);
    });
    return {
      kind: options.quick ? 'quick' : 'full',
      date: new Date(start).toISOString(),
      seconds: (Date.now() - start) / 1000,
      ...{ machine, loadAtStart, loadAtEnd: load() },
      ...measured,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(record: BenchRecord): void {
  const { date, machine, loadAtStart, loadAtEnd, seconds } = record;
  console.log(machineLine(machine));
  console.log(
    `${date.slice(0, 10)}, ${seconds.toFixed(0)} s; load ${loadAtStart.toFixed(1)} at the start, ${loadAtEnd.toFixed(1)} at the end; ` +
      'figures are medians (lower to upper quartile)\n',
  );
  const text = options.markdown ? tableMarkdown : tableText;
  for (const table of allTables(record)) console.log(`${text(table)}\n`);
}
