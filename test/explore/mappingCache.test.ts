import { expect } from 'chai';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheContent, clearCache, entryName } from '../../src/explore/cacheFiles.js';
import { cacheFolder } from '../../src/explore/cacheFolder.js';
import { openMappingCache } from '../../src/explore/mappingCache.js';
import type { StoredSearch } from '../../src/explore/mappingCache.js';
import { inFolder, refusal } from '../document/fixtures.js';

const found = (cost: number): StoredSearch => ({
  mapping: {
    tile: { images: 1, filters: 16, channels: 3, rows: 8, columns: 8 },
    order: ['images', 'filters', 'rows', 'columns', 'channels'],
    phasesPerGroup: 2,
    buffering: { ifmap: 'resident', weight: 'single' },
    rowStationary: { e: 7, p: 16, q: 1, r: 1, t: 2 },
  },
  ...{ cost, bound: 0.1 + 0.2, isProven: true, judged: 12, bounded: 1e9 },
});

/** Puts entries as a process of its own would. */
async function put(folder: string, entries: Readonly<Record<string, StoredSearch>>): Promise<void> {
  const cache = openMappingCache(folder);
  for (const [key, search] of Object.entries(entries)) cache.put(key, search);
  expect(await cache.close()).to.equal(undefined);
}

describe('the cache of mappings', () => {
  it('has what was put, to the last digit, and nothing else', () =>
    inFolder(async (folder) => {
      const cache = openMappingCache(join(folder, 'not', 'there'));
      expect(cache.get('one')).to.equal(undefined);
      await put(cache.folder, { one: found(1 / 3), 'two\n"': found(2) });
      expect(cache.get('one')).to.deep.equal(found(1 / 3));
      expect(cache.get('two\n"')).to.deep.equal(found(2));
      expect(cache.get('three')).to.equal(undefined);
      await put(cache.folder, { one: found(4) });
      expect(cache.get('one')).to.deep.equal(found(4));
      expect(readdirSync(cache.folder).sort()).to.deep.equal([entryName('one'), entryName('two\n"')].sort());
    }));

  it('believes no entry that is damaged, wherever it is, and replaces it', () =>
    inFolder(async (folder) => {
      await put(folder, { key: found(1) });
      const file = join(folder, entryName('key'));
      const whole = readFileSync(file);
      const cache = openMappingCache(folder);
      let refused = 0;
      for (let at = 0; at < whole.length - 1; at++) {
        const damaged = Buffer.from(whole);
        damaged[at] ^= 1;
        writeFileSync(file, damaged);
        const read = cache.get('key');
        // A blank more, or another last digit of the same double.
        if (read !== undefined) expect(read, `byte ${at}`).to.deep.equal(found(1));
        else refused++;
      }
      expect(refused / whole.length).to.be.above(0.99);
      for (const length of [0, 1, whole.length >> 1, whole.length - 3]) {
        writeFileSync(file, whole.subarray(0, length));
        expect(cache.get('key'), `${length} bytes`).to.equal(undefined);
      }
      await put(folder, { key: found(2) });
      expect(cache.get('key')).to.deep.equal(found(2));
    }));

  it('believes no entry that is of another key, or no entry at all', () =>
    inFolder(async (folder) => {
      await put(folder, { other: found(1) });
      const file = join(folder, entryName('key'));
      const cache = openMappingCache(folder);
      const texts = ['null', '[]', '7', '"key"', '{}', '{"key":"key"}', '{"key":"key","search":{"cost":1}}'];
      for (const text of [readFileSync(join(folder, entryName('other')), 'utf8'), ...texts]) {
        writeFileSync(file, text);
        expect(cache.get('key'), text).to.equal(undefined);
      }
      await put(folder, { key: found(3) });
      expect(cache.get('key')).to.deep.equal(found(3));
      const blocked = join(folder, entryName('folder'));
      mkdirSync(blocked);
      expect(cache.get('folder')).to.equal(undefined);
      cache.put('folder', found(1));
      expect(await cache.close()).to.match(/expected a file to write or replace, got a folder/);
    }));

  it('works without a folder that can be written, and says why once it is closed', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'file');
      writeFileSync(file, 'in the way');
      const cache = openMappingCache(file);
      expect(cache.get('key')).to.equal(undefined);
      cache.put('key', found(1));
      cache.put('other', found(2));
      expect(await cache.close()).to.match(/a file is in the way; choose another folder$/);
      expect(readFileSync(file, 'utf8')).to.equal('in the way');
      expect(await openMappingCache(file).close()).to.equal(undefined);
    }));

  it('keeps nothing that JSON has no word for', () =>
    inFolder(async (folder) => {
      await put(folder, { key: { ...found(1), bound: -Infinity } });
      expect(readdirSync(folder)).to.deep.equal([]);
    }));

  it('may be written by several at once', () =>
    inFolder(async (folder) => {
      const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
      const all = Object.fromEntries(keys.map((key) => [key, found(key.length)]));
      await Promise.all(Array.from({ length: 5 }, () => put(folder, all)));
      const cache = openMappingCache(folder);
      for (const key of keys) expect(cache.get(key)).to.deep.equal(all[key]);
      expect(readdirSync(folder)).to.have.length(20);
    }));

  it('lets the oldest entries go where they take too much room', () =>
    inFolder(async (folder) => {
      const keys = ['a', 'b', 'c', 'd'];
      for (const [age, key] of keys.entries()) {
        await put(folder, { [key]: found(1) });
        utimesSync(join(folder, entryName(key)), 1000, 1000 + (age === 1 ? -5 : age));
      }
      writeFileSync(join(folder, 'mine.json'), 'x'.repeat(10_000));
      const { size } = statSync(join(folder, entryName('a')));
      const cache = openMappingCache(folder, { capacityBytes: 3 * size });
      cache.put('e', found(1));
      expect(await cache.close()).to.equal(undefined);
      const left = [...keys, 'e'].filter((key) => cache.get(key) !== undefined);
      expect(left).to.deep.equal(['c', 'd', 'e']);
      expect(await cacheContent(folder)).to.deep.equal({ entries: 3, bytes: 3 * size });
      expect(readdirSync(folder)).to.include('mine.json');
    }));

  it('is cleared of what it made, and of nothing else', () =>
    inFolder(async (folder) => {
      await put(folder, { one: found(1), two: found(2) });
      const own = entryName('one');
      const foreign = ['notes.txt', `${own}.bak`, `x${own}`, own.toUpperCase(), '.hidden.tmp'];
      const unfinished = [`.${own}.12-0123abcd.tmp`, `.${own}.13-0123abcd.tmp`];
      for (const name of [...foreign, ...unfinished]) writeFileSync(join(folder, name), '');
      utimesSync(join(folder, unfinished[0]), 1000, 1000);
      mkdirSync(join(folder, entryName('folder')));
      const { bytes } = await cacheContent(folder);
      expect(await clearCache(folder)).to.deep.equal({ entries: 2, bytes });
      expect(readdirSync(folder).sort()).to.deep.equal(
        [...foreign, unfinished[1], entryName('folder')].sort(),
      );
      expect(await clearCache(folder)).to.deep.equal({ entries: 0, bytes: 0 });
      expect(await clearCache(join(folder, 'not', 'there'))).to.deep.equal({ entries: 0, bytes: 0 });
      expect(await refusal(() => cacheContent(join(folder, 'notes.txt')))).to.match(
        /notes\.txt: the cache cannot be read \(it is a file\); name another folder in PSCONV_CACHE$/,
      );
    }));
});

describe("the cache's folder", () => {
  const home = resolve('/home/someone');
  const xdg = resolve('/var/caches');

  it('is the one of PSCONV_CACHE', () => {
    expect(cacheFolder({ PSCONV_CACHE: '/x/y', XDG_CACHE_HOME: xdg }, 'linux', home)).to.equal(
      resolve('/x/y'),
    );
    expect(cacheFolder({ PSCONV_CACHE: 'here' }, 'linux', home)).to.equal(resolve('here'));
  });

  it('lies in XDG_CACHE_HOME where that is an absolute path', () => {
    expect(cacheFolder({ PSCONV_CACHE: '', XDG_CACHE_HOME: xdg }, 'darwin', home)).to.equal(
      join(xdg, 'psconv-sim'),
    );
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux', home)).to.equal(
      join(home, '.cache', 'psconv-sim'),
    );
  });

  it("lies in the platform's folder for caches else", () => {
    expect(cacheFolder({}, 'linux', home)).to.equal(join(home, '.cache', 'psconv-sim'));
    expect(cacheFolder({}, 'darwin', home)).to.equal(join(home, 'Library', 'Caches', 'psconv-sim'));
    expect(cacheFolder({}, 'win32', home)).to.equal(join(home, 'AppData', 'Local', 'psconv-sim', 'Cache'));
    expect(cacheFolder({ LOCALAPPDATA: xdg }, 'win32', home)).to.equal(join(xdg, 'psconv-sim', 'Cache'));
  });
});
