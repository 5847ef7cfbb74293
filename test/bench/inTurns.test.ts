import { expect } from 'chai';
import { inTurns, part, totals } from '../../bench/timing/inTurns.js';

describe('works in turns', () => {
  it('run next to each other, every other round in the opposite order', () => {
    const order: string[] = [];
    const work = (name: string) => (): { readonly all: number } => {
      order.push(name);
      return { all: 1 };
    };
    inTurns({ a: work('a'), b: work('b') }, { warmUps: 0, least: 3, most: 3, budgetMs: Infinity });
    expect(order.join('')).to.equal('abbaab');
  });

  it('are warmed up by rounds that do not count', () => {
    let calls = 0;
    const { work } = inTurns(
      { work: () => ({ call: ++calls }) },
      { warmUps: 2, least: 3, most: 3, budgetMs: Infinity },
    );
    expect(totals(work)).to.deep.equal([3, 4, 5]);
  });

  it('are measured no longer than the budget, but as often as is asked for at least', () => {
    const never = { warmUps: 0, least: 4, most: 9, budgetMs: -1 };
    expect(inTurns({ work: () => ({ all: 1 }) }, never).work).to.have.length(4);
    expect(inTurns({ work: () => ({ all: 1 }) }, { ...never, budgetMs: Infinity }).work).to.have.length(9);
  });

  it('say what their parts took, and all of them together', () => {
    const { work } = inTurns(
      { work: () => ({ first: 2, second: 3 }) },
      { warmUps: 0, least: 2, most: 2, budgetMs: Infinity },
    );
    expect(totals(work)).to.deep.equal([5, 5]);
    expect(part(work, 'second')).to.deep.equal([3, 3]);
  });
});
