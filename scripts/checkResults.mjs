/**
 * Checks what a run left behind: `node scripts/checkResults.mjs results/NAME`.
 *
 * Every result file exists and holds something, and each count of mismatches in summary.json is 0, with at
 * least one such count there: a run that checked nothing has not passed.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const files = ['layers.csv', 'summary.csv', 'summary.json', 'manifest.json'];

/** Every value under a key named `mismatches`, at any depth. */
function mismatchCounts(value) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'mismatches' ? [inner] : mismatchCounts(inner),
  );
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node scripts/checkResults.mjs FOLDER');
  process.exit(2);
}

const faults = [];
for (const file of files) {
  try {
    const text = readFileSync(path.join(folder, file), 'utf8');
    if (text.trim() === '') faults.push(`${file} is empty`);
    if (file.endsWith('.csv') && text.trim().split('\n').length < 2) faults.push(`${file} has no rows`);
    if (file.endsWith('.json')) JSON.parse(text);
    if (file === 'summary.json') {
      const counts = mismatchCounts(JSON.parse(text));
      if (counts.length === 0) faults.push('summary.json counts no mismatches: nothing was checked');
      const wrong = counts.filter((count) => count !== 0);
      if (wrong.length > 0) faults.push(`summary.json has mismatches other than 0: ${wrong.join(', ')}`);
    }
  } catch (error) {
    faults.push(`${file}: ${error.message}`);
  }
}

for (const fault of faults) console.error(`${folder}: ${fault}`);
if (faults.length === 0) console.log(`${folder}: ${files.join(', ')} are there, 0 mismatches`);
process.exitCode = faults.length === 0 ? 0 : 1;
