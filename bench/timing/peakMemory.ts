import { readFileSync } from 'node:fs';

/**
 * The most bytes that were resident at a time since this process began its program.
 *
 * Linux hands `ru_maxrss` of getrusage down to programs that a process starts, so that a small one seems as large as the one which started it;
 * the high-water mark in /proc begins anew (proc(5), `VmHWM`).
 */
export function peakBytes(): number {
  const mark = /^VmHWM:\s+(\d+) kB$/m.exec(processStatus());
  return (mark === null ? process.resourceUsage().maxRSS : Number(mark[1])) * 1024;
}

/** Empty where there is no such file. */
function processStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
