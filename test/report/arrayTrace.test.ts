import { expect } from 'chai';
import type { PassShape } from '../../src/dataflow/pass.js';
import { createPlane } from '../../src/machine/register/registerPlane.js';
import type { RegisterPlane } from '../../src/machine/register/registerPlane.js';
import type { ArrayState } from '../../src/machine/register/arrayState.js';
import { createTextTrace } from '../../src/report/arrayTrace.js';
import { createVcd } from '../../src/report/vcd.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { matrixPass } from '../dataflow/passes.js';

/** Two images of three channels of 2 x 2 values under a kernel of 1 x 1. */
const shape: PassShape = matrixPass(8, 2, 3, {
  window: {
    images: 2,
    rows: 2,
    columns: 2,
    kernelHeight: 1,
    kernelWidth: 1,
    stride: [1, 1],
    dilation: [1, 1],
  },
  streamed: denseSupports(2, 3, 1),
});

const holding = (operand: number, value: number): RegisterPlane => {
  const plane = createPlane(1, 1, 1);
  plane.operands[0] = operand;
  plane.values[0] = value;
  return plane;
};
const empty = createPlane(1, 1, 1);

function state(change: Partial<ArrayState>): ArrayState {
  return {
    cycle: 0,
    stall: undefined,
    isAfterPass: false,
    ifmap: empty,
    weight: empty,
    nextIfmap: empty,
    nextWeight: empty,
    psum: empty,
    left: [],
    products: new Uint16Array(1),
    ...change,
  };
}
const everything = { rows: [0, 1], columns: [0, 1], cycles: [0, Infinity] } as const;

describe('a trace of the array', () => {
  it('names operands by image, channel, row and column, by filter, channel and tap, by filter and position', () => {
    const trace = createTextTrace(shape, everything);
    // Image 1, channel 2, row 1, column 0 of (2, 3, 2, 2); filter 1, channel 2, tap 0 of (2, 3, 1); filter 1, position 6 of 8
    trace.observe(
      state({
        ifmap: holding(12 + 8 + 2, 5),
        weight: holding(3 + 2, -4),
        psum: holding(8 + 6, -20),
        products: Uint16Array.of(2),
      }),
    );
    trace.observe(state({ cycle: 1, stall: 'ifmap' }));
    trace.observe(state({ cycle: 2, isAfterPass: true, left: [{ row: 0, column: 0, output: 9, value: 7 }] }));
    expect(trace.text()).to.equal(
      [
        'cycle 0',
        '  PE(0,0)  ifmap 5 @i1 c2 y1 x0  weight -4 @f1 c2 t0  psum -20 @f1 p6  **',
        'cycle 1  stalled: ifmap',
        'cycle 2  after the pass: sums leave',
        '  PE(0,0)  out 7 @f1 p1',
        '',
      ].join('\n'),
    );
  });

  it('as a value change dump is dated in picoseconds, and says only what changes', () => {
    const vcd = createVcd(shape, { ...everything, cycles: [1, 4] }, { periodPs: 2000, isFloat: false });
    vcd.observe(state({ cycle: 0, ifmap: holding(0, 1) }));
    vcd.observe(state({ cycle: 1, ifmap: holding(0, -1), psum: holding(0, -2) }));
    vcd.observe(state({ cycle: 2, ifmap: holding(1, -1), psum: holding(0, -2) }));
    vcd.observe(state({ cycle: 3, stall: 'drain', ifmap: holding(1, 3) }));
    const text = vcd.text();
    const code = (name: string): string =>
      new RegExp(`\\$var \\S+ \\d+ (\\S+) ${name} `).exec(text)?.[1] ?? '?';
    const body = text.slice(text.indexOf('$enddefinitions'));
    expect(body.match(/^#\d+$/gm)).to.deep.equal(['#2000', '#6000', '#8000']);
    expect(body).to.include(`\nb11111111 ${code('ifmap')}\n`);
    expect(body).to.include(`\nb${'1'.repeat(31)}0 ${code('psum')}\n`);
    expect(body.slice(body.indexOf('#6000'))).to.equal(
      `#6000\nsdrain ${code('stall')}\nb11 ${code('ifmap')}\nbx ${code('psum')}\n#8000\n`,
    );
  });

  it('of float32 registers has real numbers', () => {
    const vcd = createVcd(shape, everything, { periodPs: 1, isFloat: true });
    vcd.observe(state({ ifmap: holding(0, 0.25) }));
    expect(vcd.text()).to.match(/\$var real 64 (\S+) ifmap \$end/);
    expect(vcd.text()).to.match(/\nr0\.25 \S+\n/);
  });
});
