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
