import { expect } from 'chai';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFilesAtomically } from '../../src/document/writeAtomically.js';
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
