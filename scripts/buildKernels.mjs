/**
 * Compiles `assembly/` to the WebAssembly module that ships beside the code that loads it. Does nothing while the module is newer than
 * its source.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const source = join(root, 'assembly');
const module = join(root, 'dist/src/machine/kernels/kernels.wasm');
const inputs = [...readdirSync(source).map((name) => join(source, name)), import.meta.filename];
const isUpToDate =
  existsSync(module) && inputs.every((input) => statSync(input).mtimeMs <= statSync(module).mtimeMs);
if (!isUpToDate) {
  mkdirSync(dirname(module), { recursive: true });
  const { main } = await import('assemblyscript/asc');
  const { error, stdout, stderr } = await main([
    join(source, 'index.ts'),
    ...['--outFile', module],
    ...['--runtime', 'stub', '--noAssert', '-O3'],
    // Names of functions, which profiles show; the code stays the same.
    '--debug',
    // The machine's memory, which threads may share.
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    ...['--enable', 'simd', '--enable', 'threads'],
  ]);
  process.stdout.write(stdout.toString());
  process.stderr.write(stderr.toString());
  if (error) process.exitCode = 1;
}
