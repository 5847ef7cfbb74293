import { expect } from 'chai';
import { jobs, searchBudget } from '../../src/cli/numbers.js';

describe("numbers of the command line's searches", () => {
  it('are times, or counts of mappings', () => {
    expect(searchBudget('10s')).to.deep.equal({ budgetMs: 10_000 });
    expect(searchBudget('500ms')).to.deep.equal({ budgetMs: 500 });
    expect(searchBudget(' 1.5 min ')).to.deep.equal({ budgetMs: 90_000 });
    expect(searchBudget('.5h')).to.deep.equal({ budgetMs: 1_800_000 });
    expect(searchBudget('200')).to.deep.equal({ judgements: 200 });
    for (const text of ['', '0', '0s', '-3', '1.5', '1e3', '10 days', 's', 'ten', '5 5', '3S', 'Infinity'])
      expect(() => searchBudget(text), text).to.throw(
        /expected a time above 0 in ms, s, min or h, such as 10s/,
      );
  });

  it('are threads', () => {
    expect([jobs('1'), jobs('256')]).to.deep.equal([1, 256]);
    expect(() => jobs('0')).to.throw(/expected a positive whole number/);
    expect(() => jobs('257')).to.throw(/expected at most 256 threads/);
  });
});
