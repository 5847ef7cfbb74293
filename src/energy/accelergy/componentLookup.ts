import { isWithin, nameWithoutRanges } from './componentName.js';

interface Named {
  readonly name: string;
}

/** What a table has for a component. */
export interface Lookup<T> {
  /** Present where exactly one entry stands for it. */
  readonly found?: T;
  /** Entries of the same name but for their ranges: several that fit, or some that do not. */
  readonly candidates: readonly T[];
}

/**
 * Finds the entry that stands for a component: the one of exactly its name, else the one of the same name but for ranges
 * and indices that the component lies within, as `system.PE[3].mac` lies within `system.PE[0..167].mac`.
 */
export function componentLookup<T extends Named>(entries: readonly T[]): (name: string) => Lookup<T> {
  const exact = new Map(entries.map((entry) => [entry.name, entry]));
  const byWords = new Map<string, T[]>();
  for (const entry of entries) {
    const words = nameWithoutRanges(entry.name);
    const others = byWords.get(words);
    if (others === undefined) byWords.set(words, [entry]);
    else others.push(entry);
  }
  return (name) => {
    const same = exact.get(name);
    if (same !== undefined) return { found: same, candidates: [same] };
    const candidates = byWords.get(nameWithoutRanges(name)) ?? [];
    const fitting = candidates.filter((entry) => isWithin(name, entry.name));
    const [only, second] = fitting;
    if (only === undefined) return { candidates };
    return second === undefined ? { found: only, candidates: fitting } : { candidates: fitting };
  };
}
