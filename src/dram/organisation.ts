import { faultAt } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import { burstBytesOf } from './part.js';
import type { DramOrganisation } from './part.js';
import type { PartFile } from './schema.js';

const powersOfTwo = ['burstLength', 'bankGroups', 'banks', 'rows', 'columns'] as const;

/**
 * How a part is built.
 *
 * @throws UserError for sizes that addresses cannot count through, or that do not divide one another
 */
export function partOrganisation(document: YamlDocument, { organisation }: PartFile): DramOrganisation {
  const { width, devices, burstLength, bankGroups, banks, rows, columns } = organisation;
  const fail = (key: keyof PartFile['organisation'], message: string): never => {
    throw faultAt(document, ['organisation', key], message);
  };
  for (const key of powersOfTwo) {
    if (!isPowerOfTwo(organisation[key])) fail(key, `expected a power of two, got ${organisation[key]}`);
  }
  if (burstLength < 2) fail('burstLength', 'expected at least the 2 transfers of a clock, got 1');
  if (banks % bankGroups !== 0) {
    fail('bankGroups', `expected groups that divide ${banks} banks evenly, got ${bankGroups}`);
  }
  if (columns % burstLength !== 0) {
    fail('columns', `expected a multiple of the burst length, ${burstLength}, got ${columns}`);
  }
  const built = {
    deviceBits: width,
    devices,
    burstLength,
    bankGroups,
    banksPerGroup: banks / bankGroups,
    rows,
    columns,
  };
  const burstBytes = burstBytesOf(built);
  if (!isPowerOfTwo(burstBytes)) {
    fail(
      'width',
      `expected a power of two of bytes in a burst, got ${burstBytes} B from ${devices} ${devices === 1 ? 'device' : 'devices'} of ` +
        `${width} bit and bursts of ${burstLength}; leave out devices that hold check bits`,
    );
  }
  return built;
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && Number.isInteger(Math.log2(value));
}
