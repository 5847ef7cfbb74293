import { expect } from 'chai';
import { execFile as execFileWithCallback } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/document/package.js';

const execFile = promisify(execFileWithCallback);

const asUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

/** Has every module that is imported written to stderr, and at the end all that was required. */
const tellModules = asUrl(`
  import { writeSync } from 'node:fs';
  import Module, { register } from 'node:module';
  register(${JSON.stringify(
    asUrl(`
      import { writeSync } from 'node:fs';
      export function load(url, context, next) {
        writeSync(2, url + '\\n');
        return next(url, context);
      }`),
  )});
  process.on('exit', () => writeSync(2, Object.keys(Module._cache).join('\\n') + '\\n'));
`);

const sources = new URL('../../src/', import.meta.url);

/** All modules that Node loads when it is given these arguments. */
async function modulesOf(words: readonly string[]): Promise<string[]> {
  const { stderr } = await execFile(process.execPath, [`--import=${tellModules}`, ...words], {
    cwd: packageRoot(),
    maxBuffer: 2 ** 24,
  });
  return stderr.split('\n');
}

function packagesOf(modules: readonly string[]): string[] {
  const names = modules.flatMap((module) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1] ?? []);
  return [...new Set(names)].sort();
}

describe('starting', function () {
  this.timeout(60_000);
  const main = fileURLToPath(new URL('cli/main.js', sources));

  it('for help loads the command line and nothing that a command works with', async () => {
    const modules = await modulesOf([main, '--help']);
    expect(packagesOf(modules)).to.deep.equal(['commander']);
    const own = modules.filter((module) => module.includes('/dist/src/'));
    expect(own.some((module) => module.endsWith('/cli/program.js'))).to.be.true;
    expect(own).to.have.length.below(60);
  });

  it('sees packages that are imported, and those that are required', async () => {
    const packages = packagesOf(await modulesOf([main, 'validate', 'configs/accelerators/edge-16x16.yaml']));
    expect(packages)
      .to.include.members(['mathjs', 'yaml', 'zod'])
      .and.to.not.include('@tensorflow/tfjs-core');
  });

  it('a thread that searches loads no package', async () => {
    const worker = new URL('explore/searchWorker.js', sources).href;
    const modules = await modulesOf(['--input-type=module', '--eval', `await import('${worker}')`]);
    expect(modules.some((module) => module.endsWith('/search/mapLayer.js'))).to.be.true;
    expect(packagesOf(modules)).to.deep.equal([]);
  });
});
