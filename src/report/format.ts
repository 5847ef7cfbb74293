/** A count with its thousands apart: `1,234,567`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A figure with so many digits behind the point, thousands apart. */
export function formatFixed(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `12.3 %` */
export function formatPercent(share: number): string {
  return `${formatFixed(share * 100, 1)} %`;
}

/** `1.92x` */
export function formatRatio(ratio: number): string {
  return `${formatFixed(ratio, 2)}x`;
}

/** Bytes in KiB. */
export function formatKib(bytes: number): string {
  return formatFixed(bytes / 1024, 1);
}

/** Picojoules in microjoules. */
export function formatMicrojoules(pj: number): string {
  return formatFixed(pj / 1e6, 2);
}

/**
 * Digits behind the point that show the largest of some figures with five digits in all: at least as many as given, at most six,
 * which is the pJ of a figure in uJ, or the um^2 of one in mm^2.
 */
export function digitsFor(largest: number, least: number): number {
  return Math.min(6, Math.max(least, 4 - Math.floor(Math.log10(largest))));
}

/** A figure with so many digits behind the point; a bare `0` if it is none at all, which `0.00` need not be. */
export function formatNoneOr(value: number, digits: number): string {
  return value === 0 ? '0' : formatFixed(value, digits);
}
