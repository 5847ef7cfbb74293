/**
 * Whether a name fits a glob, in which "*" stands for any characters and "?" for one. Takes at most the product of both
 * lengths: a mismatch goes back to the last star alone.
 */
export function matchesGlob(name: string, glob: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    if (glob[next] === '*') {
      star = next++;
      resume = at;
    } else if (glob[next] === '?' || glob[next] === name[at]) {
      at++;
      next++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (glob[next] === '*') next++;
  return next === glob.length;
}
