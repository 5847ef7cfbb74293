/**
 * Compiles `assembly/` to the WebAssembly modules that ship beside the code that loads them: the kernels of the machine, and those of
 * `assembly/tensor`. Does nothing while a module is newer than its source.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
await build('assembly', 'dist/src/machine/kernels/kernels.wasm');
await build('assembly/tensor', 'dist/src/tensor/kernels/kernels.wasm');

async function build(folder, file) {
  const source = join(root, folder);
  const module = join(root, file);
  const names = readdirSync(source).filter((name) => name.endsWith('.ts'));
  const inputs = [...names.map((name) => join(source, name)), import.meta.filename];
  const isUpToDate =
    existsSync(module) && inputs.every((input) => statSync(input).mtimeMs <= statSync(module).mtimeMs);
  if (isUpToDate) return;
  mkdirSync(dirname(module), { recursive: true });
  const { main } = await import('assemblyscript/asc');
  const { error, stdout, stderr } = await main([
    join(source, 'index.ts'),
    ...['--outFile', module],
    ...['--runtime', 'stub', '--noAssert', '-O3'],
    // Names of functions, which profiles show; the code stays the same.
    '--debug',
    // Memory that grows in place, and that threads may share.
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    ...['--enable', 'simd', '--enable', 'threads'],
  ]);
  process.stdout.write(stdout.toString());
  process.stderr.write(stderr.toString());
  if (error) process.exitCode = 1;
}
