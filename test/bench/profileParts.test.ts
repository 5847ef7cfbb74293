import { expect } from 'chai';
import { partOf } from '../../bench/timing/profileParts.js';

const module = 'wasm://wasm/12345678';
const file = (path: string): string => `file:///somewhere/dist/src/${path}.js`;

describe('the parts of a profile', () => {
  it('tell kernels apart by what they do', () => {
    expect(partOf('assembly/integers/addIntegers', module)).to.equal('sums');
    expect(partOf('assembly/integers/widenWeights', module)).to.match(/^weights/);
    expect(partOf('assembly/columns/layOut<i8>', module)).to.equal('columns');
    expect(partOf('assembly/index/endIntegers<i32>', module)).to.equal('post-processing');
    expect(partOf('assembly/dma/loadPatch', module)).to.match(/^DMA/);
  });

  it('tell files apart by their stage, and dma of the machine from the schedule of it', () => {
    expect(partOf('bring', file('machine/dmaEngine'))).to.match(/^DMA/);
    expect(partOf('dmaProgram', file('schedule/dmaProgram'))).to.equal('schedules');
    expect(partOf('runTimeline', file('machine/timeline'))).to.equal('times of transfers and passes');
    expect(partOf('push', file('dram/controller/enterRequest'))).to.equal('times of transfers and passes');
    expect(partOf('columnFolds', file('dataflow/columnFolds'))).to.equal('cost of passes');
  });

  it('leave what belongs to none', () => {
    expect(partOf('(garbage collector)', '')).to.equal('garbage collection');
    expect(partOf('dispatch', '')).to.equal('rest');
    expect(partOf('executeLayer', file('machine/executeLayer'))).to.equal('rest');
  });
});
