/** Writes the traces anew below the comments that head their files: `npm run traces`. Read what changed before it is kept. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { traceFile } from './traceFile.js';
import { tracePass, tracedPasses } from './tracedPasses.js';

for (const pass of tracedPasses) {
  const file = traceFile(pass);
  const { comments } = existsSync(file) ? parts(readFileSync(file, 'utf8')) : { comments: '# \n' };
  writeFileSync(file, comments + tracePass(pass).text);
}

function parts(text: string): { readonly comments: string } {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return { comments: `${lines.slice(0, end).join('\n')}\n` };
}
