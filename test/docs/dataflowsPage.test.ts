import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataflowNames, dataflowOf } from '../../src/dataflow/dataflows.js';
import { packageRoot } from '../../src/document/package.js';
import { psconv } from '../cli/command.js';
import { context } from '../dataflow/passes.js';
import { bestCost, depthwise, passOf, settingsOfTable, supportsOfTable } from './passTables.js';

const builtIn = dataflowNames();
const read = (file: string): string => readFileSync(join(packageRoot(), file), 'utf8');
const page = read('docs/dataflows.md');

const row = (name: string, figures: readonly number[]): string =>
  `| ${[name, ...figures.map((figure) => figure.toLocaleString('en-US'))].join(' | ')} |`;

/** What has to stand on the page, and does not. */
function missing(lines: readonly string[]): string {
  const found = page.split('\n');
  return lines.filter((line) => !found.includes(line)).join('\n');
}

describe('the page of the dataflows', () => {
  it('has a section and a drawing for every dataflow', () => {
    for (const name of builtIn) {
      expect(page).to.include(`(figures/${name}.svg)`);
      expect(page.toLowerCase()).to.match(new RegExp(`^## ${name.replace('-', '[- ]')}$`, 'm'));
    }
  });

  it('says what supports cost in each of them', () => {
    const lines = builtIn.map((name) =>
      row(name, [
        ...supportsOfTable.map(([, supports]) => bestCost(name, supports).cycles),
        64 * bestCost(name, depthwise).cycles,
      ]),
    );
    const macs = [...supportsOfTable.map(([, supports]) => supports), depthwise].map(
      (supports, index) => bestCost('lock-step', supports).macs * (index < supportsOfTable.length ? 1 : 64),
    );
    expect(missing([...lines, row('*multiplications*', macs)])).to.equal('');
    const alone = dataflowOf('output-stationary').passCost(passOf(supportsOfTable[1][1], 1), context(16, 16));
    expect(page).to.include(`${alone.cycles.toLocaleString('en-US')} cycles, more than dense`);
  });

  it('says what settings do in each of them', () => {
    const [[, dense]] = supportsOfTable;
    const lines = settingsOfTable.map(([name, change]) =>
      row(
        name,
        builtIn.map((dataflow) => bestCost(dataflow, dense, change).cycles),
      ),
    );
    expect(missing(lines)).to.equal('');
  });

  it('quotes its example as it stands', () => {
    const quotes = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
    const files = ['ownDataflow', 'runOwnDataflow'].map((name) => read(`docs/examples/${name}.ts`));
    expect(quotes.length).to.be.at.least(5);
    for (const quote of quotes) {
      expect(
        files.some((file) => file.includes(quote)),
        quote,
      ).to.equal(true);
    }
  });

  it('shows a trace as it is printed', async () => {
    const words = /^npx psconv (wave .*)$/m.exec(page)?.[1].split(' ') ?? [];
    const { stdout, code } = await psconv(packageRoot(), words);
    expect(code).to.equal(0);
    expect(page).to.include(`\`\`\`\n${stdout}\`\`\``);
  }).timeout(60_000);
});
