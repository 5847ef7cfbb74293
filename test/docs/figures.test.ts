import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figures } from '../../scripts/figures/figures.js';
import { dataflowNames } from '../../src/dataflow/dataflows.js';
import { packageRoot } from '../../src/document/package.js';

const builtIn = dataflowNames();

describe('the drawings of the dataflows', () => {
  const drawn = figures();

  for (const name of builtIn) {
    it(`show what the registers of ${name} hold`, () => {
      const file = readFileSync(join(packageRoot(), 'docs/figures', `${name}.svg`), 'utf8');
      expect(drawn.get(name), 'run npm run figures and look at what it draws').to.equal(file);
    });
  }

  it('have nothing that leaves the picture', () => {
    for (const [name, drawing] of drawn) {
      const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(drawing) ?? [];
      const places = [...drawing.matchAll(/<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)];
      expect(places.length).to.be.above(20);
      for (const [, kinds, x, y, words] of places) {
        const letter = kinds.includes('title') ? 8.5 : kinds.includes('mono') ? 7.3 : 6.7;
        const isCentred = kinds.includes('mono') || drawing.includes(`text-anchor="middle">${words}<`);
        const right = Number(x) + letter * words.length * (isCentred ? 0.5 : 1);
        expect(right, `${name}: ${words}`).to.be.below(Number(width));
        expect(Number(y), `${name}: ${words}`).to.be.below(Number(height));
      }
    }
  });
});
