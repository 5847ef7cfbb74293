import { expect } from 'chai';
import fc from 'fast-check';
import { didYouMean, editDistance } from '../../src/document/suggest.js';

describe('suggestions', () => {
  it('name the candidate nearest to the word', () => {
    expect(didYouMean('rwos', ['columns', 'rows'])).to.equal('did you mean "rows"?');
    expect(didYouMean('pj', ['pJ', 'nJ'])).to.equal('did you mean "pJ"?');
    expect(didYouMean('PSD4_P9', ['PSD1_P16', 'PSD4_P8'])).to.equal('did you mean "PSD4_P8"?');
  });

  it('complete a beginning', () => {
    expect(didYouMean('resnet18', ['vgg16-cifar10', 'resnet18-cifar10'])).to.equal(
      'did you mean "resnet18-cifar10"?',
    );
  });

  it('are silent when nothing is near', () => {
    expect(didYouMean('banana', ['rows', 'columns'])).to.equal('');
    expect(didYouMean('x', ['y'])).to.equal('');
    expect(didYouMean('', ['rows'])).to.equal('');
    expect(didYouMean('r'.repeat(1e6), ['rows'])).to.equal('');
  });
});

describe('the edit distance', () => {
  it('counts insertions, deletions, replacements and swaps', () => {
    expect(editDistance('rows', 'row')).to.equal(1);
    expect(editDistance('rows', 'rowss')).to.equal(1);
    expect(editDistance('rows', 'raws')).to.equal(1);
    expect(editDistance('rows', 'rwos')).to.equal(1);
    expect(editDistance('kitten', 'sitting')).to.equal(3);
  });

  it('is symmetric, zero for equal words only, and at most the longer length', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).to.equal(editDistance(b, a));
        expect(distance === 0).to.equal(a === b);
        expect(distance).to.be.at.most(Math.max(a.length, b.length));
      }),
    );
  });
});
