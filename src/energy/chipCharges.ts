import type { Accelerator } from '../accelerator/accelerator.js';
import type { ChipActivity } from '../counts/passActivity.js';
import { registerTensors } from '../dataflow/counters.js';
import type { RegisterTensor } from '../dataflow/counters.js';
import { tensors } from '../tensor/dataSpace.js';
import { chargeAt } from './charge.js';
import type { Charge, ChargedComponent } from './charge.js';
import { registerBits } from './pricedCase.js';
import type { PrecisionSet } from '../model/model.js';
import type { Prices } from './prices.js';

const mac: ChargedComponent = { part: 'mac', level: 'arithmetic', name: 'mac' };
const network: ChargedComponent = { part: 'network', level: 'network', name: 'network' };
const postProcessor: ChargedComponent = {
  part: 'postProcessor',
  level: 'arithmetic',
  name: 'post-processor',
};
const patternTable: ChargedComponent = { part: 'patternTable', level: 'control', name: 'pattern-table' };
const decoder: ChargedComponent = { part: 'decoder', level: 'control', name: 'decoder' };

/** What the chip's components are charged for what they did, leakage and clock aside. */
export function chipCharges(
  activity: ChipActivity,
  accelerator: Accelerator,
  precision: PrecisionSet,
  prices: Prices,
): Charge[] {
  const { performed, gated } = activity.macs;
  const { entries, maskBits, symbols } = activity.decoding;
  const { kind, pooling, postProcessorOperations } = activity;
  const pooled = pooling?.operations ?? 0;
  return [
    chargeAt(mac, 'mac', performed, prices.mac),
    chargeAt(mac, 'gated', gated, prices.gatedMac),
    ...registerTensors.flatMap((tensor) => registerCharges(tensor, activity, prices)),
    ...accelerator.buffers.flatMap(({ name }) => bufferCharges(name, activity, prices)),
    ...networkCharges(activity, precision, prices),
    chargeAt(postProcessor, 'operation', postProcessorOperations - pooled, prices.postProcessor[kind]),
    ...(pooling === undefined
      ? []
      : [chargeAt(postProcessor, 'operation', pooled, prices.postProcessor[pooling.kind])]),
    chargeAt(patternTable, 'read', activity.patternTableReadBits, prices.patternTableRead, 'index'),
    chargeAt(decoder, 'entry', entries, prices.decodeEntry, 'index'),
    chargeAt(decoder, 'mask', maskBits, prices.decodeMask, 'index'),
    chargeAt(decoder, 'symbol', symbols, prices.decodeSymbol, 'index'),
  ];
}

function registerCharges(tensor: RegisterTensor, { registers }: ChipActivity, prices: Prices): Charge[] {
  const { reads, writes } = registers[tensor];
  const { read, write } = prices.registerFiles[tensor];
  const component = registerFile(tensor);
  return [
    chargeAt(component, 'read', reads, read, tensor),
    chargeAt(component, 'write', writes, write, tensor),
  ];
}

function registerFile(tensor: RegisterTensor): ChargedComponent {
  return { part: 'registerFiles', level: 'registerFiles', name: `${tensor}-register-file` };
}

function bufferComponent(name: string): ChargedComponent {
  return { part: 'buffers', level: 'buffers', name };
}

function bufferCharges(name: string, { buffers }: ChipActivity, prices: Prices): Charge[] {
  const accesses = buffers[name];
  const { read, write, route } = prices.buffers[name];
  const component = bufferComponent(name);
  const charges: Charge[] = [];
  for (const tensor of tensors) {
    const access = accesses?.[tensor];
    if (access === undefined) continue;
    const { readTransactions: reads, writeTransactions: writes } = access;
    if (reads === 0 && writes === 0) continue;
    charges.push(chargeAt(component, 'read', reads, read, tensor));
    charges.push(chargeAt(component, 'write', writes, write, tensor));
    charges.push(chargeAt(component, 'route', reads + writes, route, tensor));
  }
  return charges;
}

/** By the bit: between buffers and array, and from PE to PE. */
function networkCharges(
  { delivered, hops }: ChipActivity,
  precision: PrecisionSet,
  prices: Prices,
): Charge[] {
  return [
    ...tensors.map((tensor) => {
      const { readBytes, writeBytes } = delivered[tensor];
      return chargeAt(network, 'deliver', (readBytes + writeBytes) * 8, prices.deliver, tensor);
    }),
    ...registerTensors.map((tensor) =>
      chargeAt(network, 'hop', hops[tensor] * registerBits(tensor, precision), prices.hop, tensor),
    ),
  ];
}
