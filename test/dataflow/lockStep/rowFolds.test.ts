import { expect } from 'chai';
import { rowFolds } from '../../../src/dataflow/lockStep/rowFolds.js';
import type { PassWindow } from '../../../src/dataflow/passWindow.js';

const window: PassWindow = {
  images: 1,
  rows: 4,
  columns: 4,
  kernelHeight: 3,
  kernelWidth: 3,
  stride: [1, 1],
  dilation: [1, 1],
};

function elements(change: Partial<PassWindow>, rows: number): number[] {
  return rowFolds({ ...window, ...change }, rows).map((fold) => fold.elements);
}

describe('row folds', () => {
  it('cut the output positions in order, the last fold being what is left', () => {
    const folds = rowFolds(window, 7);
    expect(folds.map(({ start, rows }) => [start, rows])).to.deep.equal([
      [0, 7],
      [7, 7],
      [14, 2],
    ]);
  });

  it('count each ifmap element once, however many windows hold it', () => {
    // The whole map: a patch of 6x6. A row of outputs: 3 rows of 6.
    expect(elements({}, 16)).to.deep.equal([36]);
    expect(elements({}, 4)).to.deep.equal([18, 18, 18, 18]);
    // (0,0) to (0,2): 3x5. (0,3), (1,0), (1,1): 9 and 3x4, of which rows 1 and 2 of column 3 are shared: 19.
    // (1,2), (1,3), (2,0): 3x4 and 9, sharing rows 2 and 3 of column 2. Then 3x5 again, and one window.
    expect(elements({}, 3)).to.deep.equal([15, 19, 19, 15, 15, 9]);
  });

  it('know strides, dilations and images', () => {
    expect(elements({ rows: 1, columns: 2, stride: [2, 2] }, 2)).to.deep.equal([3 * 5]);
    expect(elements({ rows: 1, columns: 2, stride: [4, 4] }, 2)).to.deep.equal([18]);
    expect(elements({ rows: 1, columns: 2, dilation: [2, 2] }, 2)).to.deep.equal([3 * 6]);
    expect(elements({ rows: 1, columns: 3, dilation: [2, 2] }, 3)).to.deep.equal([3 * 7]);
    // Neighbours on the array that belong to different images share nothing.
    expect(elements({ images: 2, rows: 1, columns: 2 }, 4)).to.deep.equal([24]);
    expect(elements({ images: 2, rows: 1, columns: 3 }, 2)).to.deep.equal([12, 18, 12]);
  });

  it('number folds of as many rows and elements alike', () => {
    expect(rowFolds(window, 3).map(({ kind }) => kind)).to.deep.equal([0, 1, 1, 0, 0, 2]);
  });
});
