import { expect } from 'chai';
import { packageRoot } from '../../src/document/package.js';
import { runNode } from '../../bench/timing/childProcess.js';
import { peakBytes } from '../../bench/timing/peakMemory.js';
import { join } from 'node:path';

const script = `
import { peakBytes } from ${JSON.stringify(join(packageRoot(), 'dist/bench/timing/peakMemory.js'))};
console.log(peakBytes());`;

describe('the peak memory of a process', () => {
  it('keeps what was given back', () => {
    const before = peakBytes();
    const bytes = 4 * before;
    new Uint8Array(bytes).fill(1);
    expect(peakBytes()).to.be.at.least(bytes);
  });

  it('is its own, and not that of the process that started it', () => {
    const filled = new Uint8Array(2 ** 28).fill(1);
    const { output } = runNode(['--input-type=module', '--eval', script]);
    expect(Number(output)).to.be.within(2 ** 24, filled.length);
  });
});
