/** Milliseconds that work took, part by part; their sum is what it took in all. */
export type Parts = Readonly<Record<string, number>>;

export interface TurnLimits {
  /** Rounds that are not counted, until the loops are compiled. */
  readonly warmUps: number;
  /** Rounds that are counted in any case. */
  readonly least: number;
  readonly most: number;
  /** No round beyond the least is begun after that long, in ms. */
  readonly budgetMs: number;
}

/** What each work took, round by round: values of the same index were measured next to each other. */
export type Turns<Name extends string> = Readonly<Record<Name, readonly Parts[]>>;

/**
 * Measures works in turns, so that a machine that is busy for a while slows them alike, every other round in the opposite order, so that
 * none is always the one behind the same other.
 *
 * @param works each measures itself: what it prepares between two runs does not count
 */
export function inTurns<Name extends string>(
  works: Readonly<Record<Name, () => Parts>>,
  { warmUps, least, most, budgetMs }: TurnLimits,
): Turns<Name> {
  const names = Object.keys(works) as Name[];
  const measured = Object.fromEntries(names.map((name): [Name, Parts[]] => [name, []])) as Record<
    Name,
    Parts[]
  >;
  const begin = performance.now();
  for (let round = 0; round < warmUps + most; round++) {
    const counted = round - warmUps;
    if (counted >= least && performance.now() - begin > budgetMs) break;
    for (const name of counted % 2 === 0 ? names : names.toReversed()) {
      const parts = works[name]();
      if (counted >= 0) measured[name].push(parts);
    }
  }
  return measured;
}

export function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Milliseconds in all, round by round. */
export function totals(rounds: readonly Parts[]): number[] {
  return rounds.map((parts) => Object.values(parts).reduce((sum, ms) => sum + ms, 0));
}

/** Milliseconds of one part, round by round. */
export function part(rounds: readonly Parts[], name: string): number[] {
  return rounds.map((parts) => parts[name]);
}
