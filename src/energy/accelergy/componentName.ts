import { quote } from '../../document/describeValue.js';
import { UserError } from '../../document/userError.js';

/** Indices from `low` to `high`, both included. */
interface IndexRange {
  readonly low: number;
  readonly high: number;
}

/** One level of a component's name: `PE[0..167]` is the word `PE` with one range. */
interface NameLevel {
  readonly word: string;
  readonly ranges: readonly IndexRange[];
}

/**
 * The levels of a component's name such as `system.chip.PE[0..13][0..11].mac`. `[3]` is the range from 3 to 3.
 *
 * @throws UserError, without a location, when a level is empty or a bracket holds no index or range
 */
export function parseComponentName(name: string): readonly NameLevel[] {
  // Dots between brackets are part of a range.
  return name.split(/\.(?![^[]*\])/).map((level) => {
    const [, word, brackets] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(level) ?? [];
    if (word === undefined || brackets === undefined) throw faultOf(name);
    return {
      word,
      ranges: [...brackets.matchAll(/\[(.*?)\]/g)].map(([, text]) => rangeOf(text ?? '', name)),
    };
  });
}

function rangeOf(text: string, name: string): IndexRange {
  const [, first, last = first] = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text) ?? [];
  if (first === undefined || last === undefined) throw faultOf(name);
  const range = { low: Number(first), high: Number(last) };
  if (range.low > range.high) {
    throw new UserError(`expected a range from low to high, got "[${text}]" in ${quote(name)}`);
  }
  return range;
}

function faultOf(name: string): UserError {
  return new UserError(`expected component name such as "system.PE[0..167].mac", got ${quote(name)}`);
}

/**
 * How many components a name stands for: `system.PE[0..13][0..11].mac` for 168, a name without ranges for one.
 *
 * @throws UserError, without a location, when it is no name of a component
 */
export function instancesOf(name: string): number {
  return indicesIn(parseComponentName(name).flatMap(({ ranges }) => ranges));
}

/**
 * How many components a name stands for within another one: its own ranges where a level has some, else the other's.
 * `system.PE.mac` within `system.PE[0..167].mac` stands for 168.
 */
export function instancesWithin(name: string, whole: string): number {
  const around = parseComponentName(whole);
  return indicesIn(
    parseComponentName(name).flatMap(({ ranges }, depth) =>
      ranges.length > 0 ? ranges : (around[depth]?.ranges ?? []),
    ),
  );
}

function indicesIn(ranges: readonly IndexRange[]): number {
  return ranges.reduce((product, { low, high }) => product * (high - low + 1), 1);
}

/** The name without its indices and ranges: `system.PE.mac`. */
export function nameWithoutRanges(name: string): string {
  return parseComponentName(name)
    .map(({ word }) => word)
    .join('.');
}

/** Whether all that `name` stands for is part of what `whole` stands for; a level without a range stands for every index. */
export function isWithin(name: string, whole: string): boolean {
  const levels = parseComponentName(name);
  const around = parseComponentName(whole);
  return (
    levels.length === around.length &&
    levels.every(({ word, ranges }, depth) => {
      const other = around[depth];
      if (other === undefined || other.word !== word) return false;
      if (ranges.length === 0 || other.ranges.length === 0) return true;
      return (
        ranges.length === other.ranges.length &&
        ranges.every(({ low, high }, index) => {
          const outer = other.ranges[index];
          return outer !== undefined && outer.low <= low && high <= outer.high;
        })
      );
    })
  );
}
