import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheContent } from '../../src/explore/cacheFiles.js';
import { inWorkspace, psconv } from './command.js';
import type { Outcome } from './command.js';

const words = ['run', 'scenario.yaml', '--execution', 'estimate'];

describe('psconv cache', function () {
  this.timeout(60_000);

  const inCache = (test: (folder: string, run: (...words: string[]) => Promise<Outcome>) => Promise<void>) =>
    inWorkspace((folder) =>
      test(folder, (...given) => psconv(folder, given, undefined, { PSCONV_CACHE: join(folder, 'kept') })),
    );

  it('tells where mappings are kept and how many there are, and clears them', () =>
    inCache(async (folder, run) => {
      const kept = join(folder, 'kept');
      expect((await run('cache')).stdout).to.match(/^folder: {2}\S*kept\nentries: 0\nbytes: {3}0\n$/);
      expect(existsSync(kept)).to.equal(false);
      expect(await run(...words)).to.include({ code: 0, stderr: '' });
      const { entries, bytes } = await cacheContent(kept);
      expect(entries).to.be.above(4);
      expect((await run('cache')).stdout).to.include(
        `entries: ${entries}\nbytes:   ${bytes.toLocaleString('en-US')}\n`,
      );
      writeFileSync(join(kept, 'notes.txt'), 'mine');
      const cleared = await run('cache', 'clear');
      expect(cleared).to.include({ code: 0, stderr: '' });
      expect(cleared.stdout).to.match(
        new RegExp(
          `^removed ${entries} entries \\(${bytes.toLocaleString('en-US')} bytes\\) from \\S*kept\n$`,
        ),
      );
      expect(await cacheContent(kept)).to.deep.equal({ entries: 0, bytes: 0 });
      expect(readFileSync(join(kept, 'notes.txt'), 'utf8')).to.equal('mine');
    }));

  it('changes no result', () =>
    inCache(async (folder, run) => {
      const results: string[] = [];
      for (const out of ['cold', 'warm']) {
        expect(await run(...words, '--out', out)).to.include({ code: 0, stderr: '' });
        results.push(readFileSync(join(folder, out, 'layers.csv'), 'utf8'));
      }
      expect(await run(...words, '--out', 'without', '--no-cache')).to.include({ code: 0, stderr: '' });
      results.push(readFileSync(join(folder, 'without', 'layers.csv'), 'utf8'));
      expect(new Set(results)).to.have.property('size', 1);
    }));

  it('serves two runs at once', () =>
    inCache(async (folder, run) => {
      const both = await Promise.all(['one', 'other'].map((out) => run(...words, '--out', out)));
      for (const outcome of both) expect(outcome).to.include({ code: 0, stderr: '' });
      const [one, other] = ['one', 'other'].map((out) =>
        readFileSync(join(folder, out, 'layers.csv'), 'utf8'),
      );
      expect(one).to.equal(other);
    }));

  it('is left alone with --no-cache', () =>
    inCache(async (folder, run) => {
      expect(await run(...words, '--no-cache')).to.include({ code: 0, stderr: '' });
      expect(existsSync(join(folder, 'kept'))).to.equal(false);
    }));

  it('does without a folder that cannot be written, and says so once', () =>
    inCache(async (folder, run) => {
      writeFileSync(join(folder, 'kept'), 'in the way');
      const { code, stdout, stderr } = await run(...words);
      expect(code).to.equal(0);
      expect(stdout).to.include('PSD4_P8');
      expect(stderr).to.match(
        /^psconv: mappings were not kept for the next run: \S*kept: cannot be made a folder: a file is in the way; choose another folder with PSCONV_CACHE, or run with --no-cache\n$/,
      );
      const told = await run('cache');
      expect(told.code).to.equal(2);
      expect(told.stderr).to.match(/kept: the cache cannot be read \(it is a file\)/);
    }));

  it('refuses words that it does not know', () =>
    inCache(async (_, run) => {
      expect(await run('cache', 'clean')).to.deep.include({ code: 2, stdout: '' });
    }));
});
