import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/document/package.js';
import { describeMachine, machineLine } from './print/machine.js';
import { figure, table, tableMarkdown } from './print/table.js';
import { prepareSubject } from './subject/prepare.js';
import { tileExecution } from './subject/tileExecution.js';
import { fallbackPart, partOf } from './timing/profileParts.js';

/*
 * Where the time of warm tile executions goes, by part of the simulator: self time of a sampling profiler, as Markdown.
 */

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'configs/scenarios/resnet18-cifar10.yaml' },
    variant: { type: 'string', default: 'PSD4_P8' },
    runs: { type: 'string', default: '200' },
    functions: { type: 'string', default: '0' },
  },
});
const { scenario, variant } = options;
const runs = Number(options.runs);
const warmUps = 20;
const intervalUs = 200;

const subject = await prepareSubject(join(packageRoot(), scenario), { variant });
const execute = tileExecution(subject, 'flat');
for (let run = 0; run < warmUps; run++) execute();

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: intervalUs });
await session.post('Profiler.start');
for (let run = 0; run < runs; run++) execute();
const { profile } = await session.post('Profiler.stop');
session.disconnect();

const rows = (times: ReadonlyMap<string, number>, most: number): string[][] => {
  const all = [...times.values()].reduce((sum, us) => sum + us, 0);
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name, us]) => [name, `${((100 * us) / all).toFixed(1)} %`, figure(us / 1000 / runs)]);
};
const ofParts = selfTimes(profile, partOf);
console.log(`${machineLine(describeMachine())}\n`);
console.log(
  tableMarkdown(
    table({
      title: `${scenario} ${variant}, ${runs} warm tile executions with a flat DRAM`,
      head: ['part', 'share', 'ms of each'],
      rows: rows(ofParts, Infinity),
    }),
  ),
);
if (Number(options.functions) > 0) {
  const functions = selfTimes(
    profile,
    (name, url) => `${partOf(name, url)}: ${name || 'anonymous'} ${url.replace(/.*\/dist\//, '')}`,
  );
  const title = 'Functions';
  const head = ['function', 'share', 'ms of each'];
  console.log(`\n${tableMarkdown(table({ title, head, rows: rows(functions, Number(options.functions)) }))}`);
}

/** @returns microseconds by what a function's name and file are called */
function selfTimes(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  nameOf: (functionName: string, url: string) => string,
): Map<string, number> {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [id, nameOf(callFrame.functionName, callFrame.url)]),
  );
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id) ?? fallbackPart;
    times.set(name, (times.get(name) ?? 0) + timeDeltas[index]);
  });
  return times;
}
