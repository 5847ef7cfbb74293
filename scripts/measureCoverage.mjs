/**
 * Runs the tests under c8 with the thresholds of .c8rc.json, over every compiled module of src/, loaded or not.
 *
 * Left out are modules that hold nothing but types: they compile to an empty module that nobody loads, and
 * would count as uncovered.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(path.dirname(import.meta.dirname));
const modules = readdirSync('dist/src', { recursive: true })
  .filter((name) => name.endsWith('.js'))
  .map((name) => path.posix.join('dist/src', name.split(path.sep).join('/')));

const typesOnly = modules.filter((file) => {
  const code = readFileSync(file, 'utf8').replace(/^\/\/#.*$/m, '');
  return code.trim() === 'export {};';
});
const excludes = typesOnly.flatMap((file) => ['--exclude', file]);
const tests = ['--ignore', 'dist/test/wide/**', 'dist/test/**/*.test.js'];

console.log(`${modules.length} modules, ${typesOnly.length} of them types only and left out`);
const c8 = fileURLToPath(import.meta.resolve('c8/bin/c8.js'));
const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'));
const { status } = spawnSync(process.execPath, [c8, ...excludes, process.execPath, mocha, ...tests], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
