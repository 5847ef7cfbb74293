/**
 * Checks the import rules of .dependency-cruiser.cjs.
 *
 * Also fails when no modules were seen: with a TypeScript that it cannot use, dependency-cruiser reports
 * an empty tree, in which nothing can be wrong.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

process.chdir(path.dirname(import.meta.dirname));
const folders = ['src', 'bench', 'test', 'docs', 'scripts'].filter((folder) => existsSync(folder));
const options = await extractOptions('./.dependency-cruiser.cjs');
const { output: result } = await cruise(folders, options, undefined, {
  tsConfig: extractTSConfig('tsconfig.json'),
});

const modules = result.modules.filter(({ source }) => source.startsWith('src/'));
const imports = modules.flatMap(({ dependencies }) =>
  dependencies.filter(({ resolved }) => resolved.startsWith('src/')),
);
const faults = result.summary.violations
  .filter(({ rule }) => rule.severity === 'error')
  .map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
if (modules.length === 0) faults.push('no module seen under src/: is this TypeScript supported?');
if (modules.length > 1 && imports.length === 0) faults.push('no import between the modules of src/ was seen');

for (const fault of faults) console.error(fault);
console.log(`${modules.length} modules and ${imports.length} imports in src/, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
