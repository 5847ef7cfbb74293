const longestCompared = 80;

/**
 * `did you mean "rows"?` for the candidate that is nearest to the word, or an empty string when none is near.
 * Differences of case count nothing; a candidate that the word begins is near, too.
 */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const nearest = nearestOf(word, candidates);
  return nearest === undefined ? '' : `did you mean "${nearest}"?`;
}

/** The candidate that the writer of the word most likely meant. */
export function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  if (word === '' || word.length > longestCompared) return undefined;
  const wanted = word.toLowerCase();
  let nearest: string | undefined;
  let nearestDistance = 1 + Math.max(1, Math.floor(wanted.length / 3));
  for (const candidate of candidates) {
    if (candidate.length > longestCompared) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < nearestDistance && distance < candidate.length) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  if (nearest !== undefined || wanted.length < 3) return nearest;
  return candidates.find((candidate) => candidate.toLowerCase().startsWith(wanted));
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from a to b (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforeLast[j - 2] + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}
