/**
 * Runs the tests that compare the executions on fresh random cases until the time is up: `npm run soak -- MINUTES`, 10 unless
 * given. Ends at the first disagreement, whose seed mocha prints.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const minutes = Number(process.argv[2] ?? 10);
if (!(minutes > 0)) {
  console.error(`soak: expected a number of minutes above 0, got "${process.argv[2]}"`);
  process.exit(2);
}
process.chdir(path.dirname(import.meta.dirname));
const mocha = path.join(
  path.dirname(createRequire(import.meta.url).resolve('mocha/package.json')),
  'bin/mocha.js',
);
const end = Date.now() + minutes * 60_000;
let rounds = 0;
while (Date.now() < end) {
  const { status } = spawnSync(
    process.execPath,
    [mocha, '--reporter', 'dot', 'dist/test/machine/register/*.test.js'],
    {
      stdio: 'inherit',
      env: { ...process.env, PSCONV_PASS_CASES: '5000', PSCONV_LAYER_CASES: '5000' },
    },
  );
  if (status !== 0) {
    console.error(`soak: the executions disagree, in round ${rounds + 1}`);
    process.exit(1);
  }
  rounds++;
  console.log(`soak: ${rounds} ${rounds === 1 ? 'round' : 'rounds'} without a disagreement`);
}
