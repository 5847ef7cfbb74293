import { expect } from 'chai';
import { foldDrain } from '../../src/dataflow/drainBehind.js';
import { streamStep } from '../../src/dataflow/leaving.js';
import { cyclesOf } from '../../src/dataflow/ports.js';
import { context, matrixPass } from './passes.js';

const port = (buffer: number, isShared = false) => ({ buffer, wordBits: 32, ports: 1, isShared });

describe('ports', () => {
  it('read and write side by side, or take turns where they are shared', () => {
    const demands = (isShared: boolean) => [
      { port: port(0, isShared), words: 3 },
      { port: port(0, isShared), words: 4, write: true },
      { port: port(0, isShared), words: 2, write: true },
    ];
    expect(cyclesOf(...demands(false))).to.equal(6);
    expect(cyclesOf(...demands(true))).to.equal(9);
  });

  it('lay a stall to the ifmap where both operands take as long', () => {
    const step = (ifmap: number, weight: number): string =>
      streamStep({ port: port(0), words: ifmap }, { port: port(1), words: weight }).cause;
    expect(step(3, 3)).to.equal('ifmap');
    expect(step(2, 3)).to.equal('weight-load');
  });
});

describe('sums that leave behind the next fold', () => {
  /** 4 sums of 32 bits that are read back, added and written again, each a word. */
  const drain = (psumBuffer: number, isShared: boolean) =>
    foldDrain(
      4,
      matrixPass(4, 4, 4, { firstChannels: false, lastChannels: false }),
      context(4, 4, {
        ports: {
          ifmap: port(0, isShared),
          weight: port(1, isShared),
          psum: port(psumBuffer, isShared),
          ofmap: port(psumBuffer, isShared),
        },
      }),
    );

  it('hold nothing up where they have a buffer of their own', () => {
    expect(drain(2, false)).to.deep.equal({ held: 0, after: 4 });
    expect(drain(2, true), 'reads and writes take turns').to.deep.equal({ held: 0, after: 8 });
  });

  it('hold the stream up for their reads where it reads from the same buffer, and for their writes if these take the same ports', () => {
    expect(drain(0, false)).to.deep.equal({ held: 4, after: 4 });
    expect(drain(1, true)).to.deep.equal({ held: 8, after: 0 });
  });

  it('leave before the next fold where nothing overlaps', () => {
    const shape = matrixPass(4, 4, 4, { firstChannels: false, lastChannels: false });
    const ports = { ifmap: port(0), weight: port(1), psum: port(0), ofmap: port(0) };
    expect(foldDrain(4, shape, context(4, 4, { drain: 'serial', ports }))).to.deep.equal({
      held: 0,
      after: 4,
    });
  });
});
