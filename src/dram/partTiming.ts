import { faultAt } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import type { PartFile } from './schema.js';
import type { DramTiming } from './part.js';
import { timings, timingTable } from './timingNames.js';
import type { GivenTimingName, TimingName } from './timingNames.js';
import { showTiming, timingClocks, timingPs } from './timingValue.js';
import type { TimingValue } from './timingValue.js';

/** What a timing came to, and the key that says so; without one it is a default. */
interface Resolved {
  readonly value: TimingValue;
  readonly key?: GivenTimingName;
}

/** What must hold for a part to exist: the first is at least as long as the others together. */
const orders: ReadonlyArray<readonly [longer: TimingName, ...shorter: TimingName[]]> = [
  ['tRC', 'tRAS', 'tRP'],
  ['tRPab', 'tRP'],
  ['tCCD_L', 'tCCD_S'],
  ['tRRD_L', 'tRRD_S'],
  ['tWTR_L', 'tWTR_S'],
  ['tRFC', 'tRFCpb'],
];

/**
 * All timings of a part in clocks, defaults filled in.
 *
 * Times are compared as they are given, not as they round: 60 ns are 42 ns + 18 ns even where these round up to one clock more.
 *
 * @param burstClocks that the data of a burst take
 * @throws UserError for timings that are missing (all of them together) or contradict each other
 */
export function partTiming(
  document: YamlDocument,
  { timing, organisation }: PartFile,
  burstClocks: number,
): DramTiming {
  const tCKPs = Math.round(timing.tCK);
  const resolved = resolveTimings(document, timing, organisation.bankGroups === 1, tCKPs);
  const fail = (name: TimingName, message: string): never => {
    throw faultAt(document, ['timing', resolved.get(name)?.key ?? name], message);
  };
  checkOrders(resolved, tCKPs, fail);
  const clocks = (name: TimingName): number => {
    const found = resolved.get(name);
    return found === undefined ? 0 : timingClocks(found.value, tCKPs, timingTable[name].atMost);
  };
  const { tREFI, tRFC } = { tREFI: clocks('tREFI'), tRFC: clocks('tRFC') };
  if (tREFI <= tRFC) {
    fail('tREFI', `expected more than the ${tRFC} clocks of a refresh (tRFC), got ${tREFI} clocks`);
  }
  if (clocks('tCCD_S') < burstClocks) {
    fail(
      'tCCD_S',
      `expected at least the ${burstClocks} clocks that the data of a burst of ${organisation.burstLength} take, ` +
        `got ${clocks('tCCD_S')} clocks`,
    );
  }
  const all = Object.fromEntries(timings.map((name) => [name, clocks(name)])) as Record<TimingName, number>;
  const { tRFCpb, ...others } = all;
  return { tCKPs, ...others, ...(resolved.has('tRFCpb') && { tRFCpb }) };
}

function resolveTimings(
  document: YamlDocument,
  given: { readonly [name in GivenTimingName]?: TimingValue | undefined },
  isOneGroup: boolean,
  tCKPs: number,
): Map<TimingName, Resolved> {
  const resolved = new Map<TimingName, Resolved>();
  const missing: string[] = [];
  for (const name of timings) {
    const { or, inOneGroup, default: fallback } = timingTable[name];
    const key = or !== undefined && given[name] === undefined ? or : name;
    const value = given[key];
    const other = isOneGroup && inOneGroup !== undefined ? resolved.get(inOneGroup) : undefined;
    if (value !== undefined) resolved.set(name, { value, key });
    else if (other !== undefined) resolved.set(name, { value: other.value });
    else if (fallback === undefined) missing.push(or === undefined ? name : `${name} (or ${or})`);
    else if ('clocks' in fallback) resolved.set(name, { value: fallback });
    else if ('sumOf' in fallback) {
      const parts = fallback.sumOf.flatMap((part) => resolved.get(part)?.value ?? []);
      if (parts.length === fallback.sumOf.length) resolved.set(name, { value: sum(parts, tCKPs) });
    }
  }
  if (missing.length > 0) {
    throw faultAt(
      document,
      ['timing'],
      `missing ${missing.join(', ')}; expected all timings without a default`,
    );
  }
  return resolved;
}

/** Rounded part by part: the device counts each in clocks. */
function sum(parts: readonly TimingValue[], tCKPs: number): TimingValue {
  const [first, ...more] = parts;
  if (first !== undefined && more.length === 0) return first;
  return { clocks: parts.reduce((total, part) => total + timingClocks(part, tCKPs), 0) };
}

function checkOrders(
  resolved: ReadonlyMap<TimingName, Resolved>,
  tCKPs: number,
  fail: (name: TimingName, message: string) => never,
): void {
  for (const [longer, ...shorter] of orders) {
    const [long, ...short] = [longer, ...shorter].map((name) => resolved.get(name));
    if (long?.key === undefined || short.some((each) => each === undefined)) continue;
    const values = short.flatMap((each) => each?.value ?? []);
    const leastPs = values.reduce((total, value) => total + timingPs(value, tCKPs), 0);
    // Well below a thousandth of any clock, above what decimal fractions lose.
    if (timingPs(long.value, tCKPs) >= leastPs - 1e-3) continue;
    const sums = values.length === 1 ? '' : ` = ${showSum(values, leastPs)}`;
    fail(
      longer,
      `expected at least ${shorter.join(' + ')} = ${values.map(showTiming).join(' + ')}${sums}, ` +
        `got ${showTiming(long.value)}`,
    );
  }
}

function showSum(values: readonly TimingValue[], ps: number): string {
  const clocks = values.flatMap((value) => ('clocks' in value ? [value.clocks] : []));
  const isClocks = clocks.length === values.length;
  return showTiming(isClocks ? { clocks: clocks.reduce((total, each) => total + each, 0) } : { ps });
}
