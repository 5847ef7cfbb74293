import { UserError } from '../document/userError.js';
import type { CommandDramSpec } from '../accelerator/accelerator.js';
import type { DramObservers } from '../machine/dram/commands.js';
import { estimateCell } from './estimateCell.js';
import { isReported } from './layersToRun.js';
import { planCells } from './plan.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { Scenario } from './scenario.js';

/** What was traced. */
export interface DramTrace {
  readonly variant: string;
  readonly dataflow: string;
  readonly dram: CommandDramSpec;
  /** Names of the layers, in the order of their requests. */
  readonly layers: readonly string[];
}

/**
 * Runs the first batch of a scenario's first cell against the clock, as `estimate` does, and tells what its DRAM is asked for and told
 * in the layers that the scenario reports. Where compressed feature maps lie depends on the densities that the scenario gives.
 *
 * @param begin called once, before the first request; returns those who are told. The clocks of requests count from the first one
 *   told of, so that a trace of a layer does not begin with the time of those before it; those of commands count from the start of
 *   the network
 * @throws UserError when the accelerator's DRAM is no part with a controller
 */
export async function traceDram(
  scenario: Scenario,
  signal: AbortSignal,
  begin: (dram: CommandDramSpec) => Promise<DramObservers>,
): Promise<DramTrace> {
  const cells = scenario.cells.slice(0, 1);
  const [{ accelerator, variant }] = cells;
  const { dram } = accelerator;
  if (dram.kind !== 'commands') {
    throw new UserError(
      `expected an accelerator with a DRAM part behind a controller, got ${accelerator.name}, whose DRAM is ${dram.kind} and ` +
        'has neither addresses nor commands; name a part under dram:',
      { file: accelerator.file },
    );
  }
  const first = { ...scenario, cells };
  const maker = createVariantMaker(first, await loadImages(first));
  const [plan] = await planCells(first, maker, { signal });
  const names = plan.layers.map(({ layer }) => layer.name);
  const reported = plan.layers.map((planned) => isReported(first, planned));
  const { observeRequest, observeCommand } = await begin(dram);

  let [isTold] = reported;
  let startClock: number | undefined;
  await estimateCell(first, plan, {
    signal,
    onLayer: (name) => {
      const done = names.indexOf(name);
      if (done >= 0) isTold = reported[done + 1] ?? false;
    },
    observers: {
      observeRequest: (address, isWrite, clock, tag) => {
        if (!isTold) return;
        startClock ??= clock;
        observeRequest?.(address, isWrite, Math.max(0, clock - startClock), tag);
      },
      observeCommand: (...command) => {
        if (isTold) observeCommand?.(...command);
      },
    },
  });
  return {
    variant: variant.name,
    dataflow: accelerator.array.dataflow,
    dram,
    layers: names.filter((_, index) => reported[index]),
  };
}
