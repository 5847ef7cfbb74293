import type { Accelerator } from '../accelerator/accelerator.js';
import { registerTensors } from '../dataflow/counters.js';
import { chargeAt } from './charge.js';
import type { Charge, ChargedComponent } from './charge.js';
import type { Price } from './price.js';
import type { Prices } from './prices.js';

const leaking: ChargedComponent = { part: 'leakage', level: 'idle', name: 'leakage' };
const clock: ChargedComponent = { part: 'clock', level: 'idle', name: 'clock' };

/** 1 mW x 1 ps = 1e-3 pJ. */
const pjPerMwPs = 1e-3;

/** What goes on whether anything is done or not, for a stretch of time: leakage, and the clock's cycles. */
export function idleCharges(latencyPs: number, accelerator: Accelerator, prices: Prices): Charge[] {
  const { rows, columns, macLanes } = accelerator.array;
  const pes = rows * columns;
  const leak = (name: string, instances: number, price: Price): Charge =>
    chargeAt({ ...leaking, name }, 'leak', latencyPs, {
      ...price,
      value: price.value * instances * pjPerMwPs,
    });
  return [
    leak('mac', pes * macLanes, prices.macLeak),
    ...registerTensors.map((tensor) =>
      leak(`${tensor}-register-file`, pes, prices.registerFiles[tensor].leak),
    ),
    ...accelerator.buffers.map(({ name }) => leak(name, 1, prices.buffers[name].leak)),
    leak('post-processor', accelerator.postProcessor.lanes, prices.postProcessorLeak),
    leak('chip', 1, prices.chipLeak),
    chargeAt(clock, 'cycle', latencyPs / accelerator.periodPs, prices.clockCycle),
  ];
}
