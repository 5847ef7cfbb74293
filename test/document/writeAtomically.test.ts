import { expect } from 'chai';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAtomically, writeFilesAtomically } from '../../src/document/writeAtomically.js';
import { inFolder, refusal } from './fixtures.js';

describe('writing files', () => {
  it('makes the folder, writes texts and bytes, and leaves nothing else', () =>
    inFolder(async (folder) => {
      const out = join(folder, 'results', 'a');
      await writeFilesAtomically(out, { 'a.csv': 'x,y\n', 'b.bin': Uint8Array.of(1, 2, 3) });
      expect(readdirSync(out).sort()).to.deep.equal(['a.csv', 'b.bin']);
      expect(readFileSync(join(out, 'a.csv'), 'utf8')).to.equal('x,y\n');
      expect([...readFileSync(join(out, 'b.bin'))]).to.deep.equal([1, 2, 3]);
    }));

  it('replaces files of the same names and keeps others', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.csv'), 'old, and longer than the new');
      writeFileSync(join(folder, 'other'), 'kept');
      await writeFilesAtomically(folder, { 'a.csv': 'new' });
      expect(readFileSync(join(folder, 'a.csv'), 'utf8')).to.equal('new');
      expect(readFileSync(join(folder, 'other'), 'utf8')).to.equal('kept');
    }));

  it('changes nothing when one of the files cannot be written', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.csv'), 'old');
      mkdirSync(join(folder, 'b.csv'));
      expect(await refusal(() => writeFilesAtomically(folder, { 'a.csv': 'new', 'b.csv': 'new' }))).to.equal(
        `${folder}/b.csv: expected a file to write or replace, got a folder`,
      );
      expect(readFileSync(join(folder, 'a.csv'), 'utf8')).to.equal('old');
      expect(readdirSync(folder).sort()).to.deep.equal(['a.csv', 'b.csv']);
    }));

  it('removes the folders that it made when it fails', () =>
    inFolder(async (folder) => {
      const name = 'x'.repeat(300);
      expect(
        await refusal(() => writeFilesAtomically(join(folder, 'a', 'b'), { ok: '1', [name]: '2' })),
      ).to.match(/cannot be written \(ENAMETOOLONG\); choose another folder$/);
      expect(readdirSync(folder)).to.deep.equal([]);
      expect(await refusal(() => writeFilesAtomically(join(folder, 'a', name), { ok: '1' }))).to.match(
        /ENAMETOOLONG/,
      );
      expect(readdirSync(folder), 'one of several could not be made').to.deep.equal([]);
    }));

  it('is refused where a file is in the way', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'results'), '');
      const message = /cannot be made a folder: a file is in the way; choose another folder$/;
      expect(await refusal(() => writeFilesAtomically(join(folder, 'results'), { a: '' }))).to.match(message);
      expect(await refusal(() => writeFilesAtomically(join(folder, 'results', 'x'), { a: '' }))).to.match(
        message,
      );
    }));

  it('is refused where nothing can be written', () =>
    inFolder(async () => {
      expect(await refusal(() => writeFilesAtomically('/proc/psconv', { a: '' }))).to.match(
        /^\/proc\/psconv: cannot be .*; choose another folder$/,
      );
    }));

  it('takes plain names only', async () => {
    for (const name of ['../a', 'a/b', '', '..', 'a\\b']) {
      let message = '';
      await writeFilesAtomically('/nowhere', { [name]: '' }).catch(
        (error: Error) => (message = error.message),
      );
      expect(message).to.match(/^expected a plain file name/);
    }
  });
});

describe('writing a file bit by bit', () => {
  it('gives it its name when it is complete, in a folder that is made for it', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'a', 'b', 'long.txt');
      const file = await openAtomically(path);
      // More than is gathered before it goes to the disk, with characters of several bytes.
      const line = `${'\u00e4'.repeat(1000)}\n`;
      for (let i = 0; i < 200; i++) file.write(line);
      expect(existsSync(path)).to.equal(false);
      file.commit();
      expect(readFileSync(path, 'utf8')).to.equal(line.repeat(200));
      await file.discard();
      expect(readdirSync(join(folder, 'a', 'b'))).to.deep.equal(['long.txt']);
    }));

  it('leaves the file from before, and nothing else, when it is given up', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'old.txt'), 'old');
      const file = await openAtomically(join(folder, 'old.txt'));
      file.write('x'.repeat(100_000));
      await file.discard();
      expect(readdirSync(folder)).to.deep.equal(['old.txt']);
      expect(readFileSync(join(folder, 'old.txt'), 'utf8')).to.equal('old');
      const other = await openAtomically(join(folder, 'a', 'b', 'c.txt'));
      await other.discard();
      expect(readdirSync(folder)).to.deep.equal(['old.txt']);
    }));

  it('is refused where a folder or a device has the name, or no folder can be made', () =>
    inFolder(async (folder) => {
      mkdirSync(join(folder, 'taken'));
      writeFileSync(join(folder, 'file'), '');
      expect(await refusal(() => openAtomically(join(folder, 'taken')))).to.match(
        /taken: expected a file to write or replace, got a folder$/,
      );
      expect(await refusal(() => openAtomically('/dev/null'))).to.match(
        /^\/dev\/null: expected a file to write or replace, got something that is no plain file/,
      );
      expect(await refusal(() => openAtomically(join(folder, 'file', 'x')))).to.match(
        /cannot be made a folder: a file is in the way; choose another file$/,
      );
      expect(readdirSync(folder).sort()).to.deep.equal(['file', 'taken']);
    }));
});
