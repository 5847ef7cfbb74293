import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listLibrary, resolveReference, resolveReferenceAt } from '../../src/document/library.js';
import { packageRoot, packageVersion } from '../../src/document/package.js';
import { parseYaml } from '../../src/document/yamlDocument.js';
import { inFolder, refusal } from './fixtures.js';

function write(file: string, kind: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `# a comment\nkind: ${kind}\n`);
  return file;
}

/** Runs a test with another working directory. */
async function within(folder: string, test: () => Promise<void>): Promise<void> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    await test();
  } finally {
    process.chdir(before);
  }
}

describe('a reference by path', () => {
  it('is relative to the file that it stands in', () =>
    inFolder(async (folder) => {
      const file = write(join(folder, 'networks', 'n.yaml'), 'network');
      const from = join(folder, 'scenarios', 's.yaml');
      expect(await resolveReference('../networks/n.yaml', 'network', from)).to.equal(file);
      expect(await resolveReference(file, 'network', from)).to.equal(file);
      expect(await resolveReference('n.yaml', 'network', join(folder, 'networks', 's.yaml'))).to.equal(file);
    }));

  it('is relative to the working directory when it stands in no file', () =>
    inFolder(async (folder) => {
      const file = write(join(folder, 'n.yml'), 'network');
      await within(folder, async () => {
        expect(await resolveReference('./n.yml', 'network')).to.equal(file);
      });
    }));

  it('to nothing names the file that was meant', () =>
    inFolder(async (folder) => {
      write(join(folder, 'resnet.yaml'), 'network');
      expect(
        await refusal(() => resolveReference('./renset.yaml', 'network', join(folder, 's.yaml'))),
      ).to.equal(
        `expected path of a network file, got "./renset.yaml": there is no file ${folder}/renset.yaml; ` +
          'did you mean "resnet.yaml"?',
      );
      expect(await refusal(() => resolveReference('a/b', 'energy-table', join(folder, 's.yaml')))).to.match(
        /^expected path of an energy-table file, got "a\/b": there is no file/,
      );
    }));
});

describe('a reference by name', () => {
  it('is looked for beside the file, in the folder of its kind, below the working directory, in the package', () =>
    inFolder(async (folder) => {
      const from = join(folder, 'work', 'scenarios', 's.yaml');
      const shipped = join(packageRoot(), 'configs', 'energy', 'edge-45nm.yaml');
      await within(folder, async () => {
        expect(await resolveReference('edge-45nm', 'energy-table', from)).to.equal(shipped);
        const own = write(join(folder, 'configs', 'energy', 'edge-45nm.yaml'), 'energy-table');
        expect(await resolveReference('edge-45nm', 'energy-table', from)).to.equal(own);
        expect(await resolveReference('edge-45nm', 'energy-table')).to.equal(own);
        const near = write(join(folder, 'work', 'energy', 'edge-45nm.yaml'), 'energy-table');
        expect(await resolveReference('edge-45nm', 'energy-table', from)).to.equal(near);
        const beside = write(join(folder, 'work', 'scenarios', 'edge-45nm.yml'), 'energy-table');
        expect(await resolveReference('edge-45nm', 'energy-table', from)).to.equal(beside);
      });
    }));

  it('passes over files of another kind, such as the scenario of the same name', () =>
    inFolder(async (folder) => {
      const scenario = write(join(folder, 'scenarios', 'resnet.yaml'), 'scenario');
      const network = write(join(folder, 'networks', 'resnet.yaml'), 'network');
      expect(await resolveReference('resnet', 'network', scenario)).to.equal(network);
      expect(await resolveReference('resnet', 'scenario', scenario)).to.equal(scenario);
    }));

  it('that is unknown gets a suggestion and the names that there are', () =>
    inFolder(async (folder) => {
      const from = write(join(folder, 'scenarios', 's.yaml'), 'scenario');
      write(join(folder, 'accelerators', 'tiny.yaml'), 'accelerator');
      expect(await refusal(() => resolveReference('tniy', 'accelerator', from))).to.match(
        /^expected name or path of an accelerator file, got "tniy"; did you mean "tiny"\? known: .*\btiny\b/,
      );
      for (const name of ['', '..', '\0', 'x'.repeat(5000), '__proto__']) {
        expect(await refusal(() => resolveReference(name, 'accelerator', from))).to.match(
          /^expected name or path/,
        );
      }
    }));

  it('is refused at its place in a document', () =>
    inFolder(async (folder) => {
      const file = join(folder, 's.yaml');
      const document = parseYaml(file, 'kind: scenario\nnetwork: nothing-like-it\n');
      expect(
        await refusal(() => resolveReferenceAt(document, ['network'], 'nothing-like-it', 'network')),
      ).to.match(/s\.yaml:2:10: network: expected name or path of a network file, got "nothing-like-it"/);
      const found = write(join(folder, 'n.yaml'), 'network');
      expect(await resolveReferenceAt(document, ['network'], 'n', 'network')).to.equal(found);
    }));
});

describe('the library', () => {
  it('lists shipped files by kind, apart from others in the same folder', async () => {
    const tables = (await listLibrary('energy-table')).map(({ name }) => name);
    expect(tables).to.include('edge-45nm').and.not.include('cacti7-sram');
    expect((await listLibrary('sram-table')).map(({ name }) => name)).to.include('cacti7-sram');
  });

  it('lists own files, which hide shipped ones of the same name', () =>
    inFolder(async (folder) => {
      const own = write(join(folder, 'configs', 'energy', 'edge-45nm.yaml'), 'energy-table');
      const other = write(join(folder, 'configs', 'energy', 'mine.yml'), 'energy-table');
      await within(folder, async () => {
        const entries = await listLibrary('energy-table');
        expect(entries).to.deep.include({ name: 'edge-45nm', file: own, origin: 'own' });
        expect(entries).to.deep.include({ name: 'mine', file: other, origin: 'own' });
        expect(entries.filter(({ name }) => name === 'edge-45nm')).to.have.lengthOf(1);
      });
    }));
});

describe('the package', () => {
  it('finds its own root and version from the compiled files', () => {
    expect(existsSync(join(packageRoot(), 'configs'))).to.equal(true);
    const manifest = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(packageVersion()).to.equal(manifest.version);
  });
});
