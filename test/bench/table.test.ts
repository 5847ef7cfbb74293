import { expect } from 'chai';
import { figure, table, tableMarkdown, tableText } from '../../bench/print/table.js';

const small = table({
  title: 'Times',
  head: ['work', 'ms'],
  rows: [
    ['a | b', '1.00'],
    ['c', '20.0'],
  ],
  note: 'None.',
});

describe('a table of the benchmark', () => {
  it('has words to the left and figures to the right', () => {
    expect(tableText(small)).to.equal(
      ['Times', 'work     ms', 'a | b  1.00', 'c      20.0', 'None.'].join('\n'),
    );
  });

  it('is the same as Markdown', () => {
    expect(tableMarkdown(small)).to.equal(
      [
        '**Times**',
        '',
        '| work | ms |',
        '| --- | ---: |',
        '| a \\| b | 1.00 |',
        '| c | 20.0 |',
        '',
        'None.',
      ].join('\n'),
    );
  });

  it('refuses rows of another length', () => {
    expect(() => table({ ...small, rows: [['a']] })).to.throw('2 columns');
  });

  it('shows three figures', () => {
    expect([0, 0.00123456, 0.123456, 1.23456, 12.3456, 123.456, 12345.6].map(figure)).to.deep.equal([
      ...['0', '0.00123', '0.123', '1.23', '12.3', '123', '12346'],
    ]);
  });
});
