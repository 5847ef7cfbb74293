import { expect } from 'chai';
import { join } from 'node:path';
import { defaultController } from '../../src/dram/controllerSettings.js';
import { loadScenario } from '../../src/explore/scenario.js';
import type { Scenario } from '../../src/explore/scenario.js';
import { estimateCell } from '../../src/explore/estimateCell.js';
import { planScenario } from '../../src/explore/plan.js';
import { traceDram } from '../../src/explore/traceDram.js';
import type { DramTrace } from '../../src/explore/traceDram.js';
import { inWorkspace } from '../cli/command.js';
import { refusal } from '../document/fixtures.js';
import { part } from '../dram/trace/fixtures.js';

const never = new AbortController().signal;

/** The scenario of the command line's tests, on a machine whose DRAM is the made-up part. */
async function onPart(folder: string, layers?: readonly string[]): Promise<Scenario> {
  const scenario = await loadScenario(join(folder, 'scenario.yaml'), { layers });
  const cells = scenario.cells.map((cell) => ({
    ...cell,
    accelerator: {
      ...cell.accelerator,
      dram: {
        kind: 'commands' as const,
        part,
        controller: defaultController,
        bandwidthBytesPerSecond: 19.2e9,
        burstBytes: 64,
        energyPjPerBit: 8,
        source: 'made up for tests',
      },
    },
  }));
  return { ...scenario, cells, accelerator: cells[0].accelerator };
}

interface Traced extends DramTrace {
  readonly requests: Array<readonly [number, boolean, number]>;
  /** Clocks. */
  readonly commands: number[];
}

async function traced(scenario: Scenario): Promise<Traced> {
  const requests: Array<readonly [number, boolean, number]> = [];
  const commands: number[] = [];
  const trace = await traceDram(scenario, never, () =>
    Promise.resolve({
      observeRequest: (address, isWrite, clock) => requests.push([address, isWrite, clock]),
      observeCommand: (clock) => commands.push(clock),
    }),
  );
  return { ...trace, requests, commands };
}

describe("what a scenario's DRAM is asked for", function () {
  this.timeout(60_000);

  it('is what its layers move, burst by burst, in the first variant', () =>
    inWorkspace(async (folder) => {
      const scenario = await onPart(folder);
      const { requests, variant, layers } = await traced(scenario);
      expect(variant).to.equal(scenario.cells[0].variant.name);
      expect(layers).to.deep.equal(['conv1', 'conv2', 'pool', 'fc']);
      expect(requests[0][2]).to.equal(0);
      const [plan] = await planScenario(scenario);
      const { estimates } = await estimateCell(scenario, plan, { onLayer: () => undefined, signal: never });
      const of = (figure: 'reads' | 'writes' | 'forwarded' | 'merged'): number =>
        [...estimates.values()].reduce(
          (sum, { timeline }) => sum + (timeline.dramActivity?.[figure] ?? 0),
          0,
        );
      expect(requests).to.have.length(of('reads') + of('writes') + of('forwarded') + of('merged'));
      const moved = [...estimates.values()].flatMap(({ timeline }) => Object.values(timeline.dram));
      const written = moved.reduce((sum, { writeBursts }) => sum + writeBursts, 0);
      expect(requests.filter(([, isWrite]) => isWrite)).to.have.length(written);
      expect(requests).to.have.length(moved.reduce((sum, { readBursts }) => sum + readBursts, written));
      expect(new Set(requests.map(([address]) => address % 64))).to.deep.equal(new Set([0]));
    }));

  it('is, of one layer, its share of the whole, with clocks from its first request on', () =>
    inWorkspace(async (folder) => {
      const whole = await traced(await onPart(folder));
      const alone = [];
      for (const layer of whole.layers) alone.push(await traced(await onPart(folder, [layer])));
      expect(alone.map(({ layers }) => layers)).to.deep.equal(whole.layers.map((layer) => [layer]));
      // Addresses of a layer are those in the network up to it, so only their number is the same throughout.
      expect(alone.reduce((sum, { requests }) => sum + requests.length, 0)).to.equal(whole.requests.length);
      for (const { requests } of alone) expect(requests[0][2]).to.equal(0);
      expect(alone[0].requests).to.deep.equal(whole.requests.slice(0, alone[0].requests.length));
      expect(alone[1].commands[0]).to.be.above(alone[0].commands[alone[0].commands.length - 1]);
    }));

  it('is not to be had of a flat DRAM', () =>
    inWorkspace(async (folder) => {
      const scenario = await loadScenario(join(folder, 'scenario.yaml'));
      expect(await refusal(() => traced(scenario))).to.match(
        /machine\.yaml: expected an accelerator with a DRAM part behind a controller, got machine, whose DRAM is flat/,
      );
    }));
});
