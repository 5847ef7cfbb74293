import Table from 'cli-table3';
import { UserError } from '../document/userError.js';
import { quantity } from '../document/quantity.js';
import type { OperatingPoint, TransistorFlavour } from '../energy/scaling/operatingPoint.js';
import { scalingFactors } from '../energy/scaling/scalingFactors.js';
import { toJson } from '../report/writeResults.js';

/** Options of `psconv scale`, as the command line gives them. */
export interface ScaleArguments {
  readonly from: string;
  readonly to: string;
  readonly flavour: TransistorFlavour;
  readonly json?: boolean;
}

/** Prints what to multiply energy, delay, power and area with between two nodes and supplies. */
export function printScaling(options: ScaleArguments): void {
  const { flavour } = options;
  const from = operatingPoint('--from', options.from, flavour);
  const to = operatingPoint('--to', options.to, flavour);
  const { energy, delay, power, area, notes } = scalingFactors(from, to);
  if (options.json === true) {
    console.log(toJson({ from, to, factors: { energy, delay, power, area }, notes }).trimEnd());
    return;
  }
  const table = new Table({
    head: ['figure', `factor, ${placeOf(from)} to ${placeOf(to)}, ${flavour}`],
    style: { head: [], border: [], compact: true },
  });
  for (const [figure, factor] of Object.entries({ energy, delay, power, area })) {
    table.push([figure, { content: String(Number(factor.toPrecision(4))), hAlign: 'right' }]);
  }
  console.log(table.toString());
  for (const note of notes) console.log(note);
}

function placeOf({ technologyNm, voltage }: OperatingPoint): string {
  return `${technologyNm} nm @ ${voltage} V`;
}

/** Reads `65 nm @ 1.3 V`. */
function operatingPoint(option: string, text: string, flavour: TransistorFlavour): OperatingPoint {
  const parts = text.split('@').map((part) => part.trim());
  if (parts.length !== 2) {
    throw new UserError(
      `${option}: expected a node and a supply voltage such as "65 nm @ 1.3 V", got ${JSON.stringify(text)}`,
    );
  }
  return {
    technologyNm: quantityOf(option, parts[0], 'length'),
    voltage: quantityOf(option, parts[1], 'voltage'),
    flavour,
  };
}

function quantityOf(option: string, text: string, dimension: 'length' | 'voltage'): number {
  const read = quantity(dimension).safeParse(text);
  if (read.success) return read.data;
  throw new UserError(`${option}: ${read.error.issues[0].message}`);
}
