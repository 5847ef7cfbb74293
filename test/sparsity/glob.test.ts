import { expect } from 'chai';
import fc from 'fast-check';
import { matchesGlob } from '../../src/sparsity/glob.js';

describe('a glob', () => {
  it('stands for itself, "*" for any characters, "?" for one', () => {
    for (const [glob, fitting, others] of [
      ['conv1', ['conv1'], ['conv10', 'conv', 'xconv1', '']],
      ['conv*', ['conv', 'conv1', 'conv5_1'], ['xconv', 'con']],
      ['*.conv?', ['layer1.0.conv1', '.convx'], ['conv1', 'a.conv', 'a.conv11']],
      ['a*b*c', ['abc', 'aXbYbZc', 'abcc'], ['ab', 'acb', 'abcd']],
      ['*', ['', 'x'], []],
      ['', [''], ['x']],
      ['?', ['x', '.'], ['', 'xx']],
      ['a.b', ['a.b'], ['axb']],
    ] as const) {
      for (const name of fitting) expect(matchesGlob(name, glob), `${glob} ${name}`).to.equal(true);
      for (const name of others) expect(matchesGlob(name, glob), `${glob} ${name}`).to.equal(false);
    }
  });

  it('fits like the regular expression of the same meaning', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(word, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (glob, name) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesGlob(name, glob)).to.equal(expression.test(name));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no time for stars without number', () => {
    const started = performance.now();
    expect(matchesGlob('a'.repeat(64), `${'a*'.repeat(500)}b`)).to.equal(false);
    expect(performance.now() - started).to.be.below(100);
  });
});
