import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { figures } from './figures.js';

/** Writes the drawings of docs/figures/. */
for (const [name, drawing] of figures())
  writeFileSync(join(packageRoot(), 'docs/figures', `${name}.svg`), drawing);
