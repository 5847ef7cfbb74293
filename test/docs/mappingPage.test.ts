import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { packageRoot } from '../../src/document/package.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { noLegalMapping } from '../../src/mapping/noMapping.js';
import { isConv } from '../../src/network/layer.js';
import { loadNetwork } from '../../src/network/loadNetwork.js';
import { readMappingFile } from '../../src/scenario/mappingFile.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { inWorkspace, psconv } from '../cli/command.js';
import { int8 } from '../machine/arbitraries.js';

const root = packageRoot();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const page = read('docs/mapping.md');
const blocks = [...page.matchAll(/```(\w*)\n([\s\S]*?)\n```/g)].map(([, language, text]) => ({
  language,
  text,
}));

describe('the page of the mappings', function () {
  this.timeout(60_000);

  it('shows a loop nest as it is printed', async () => {
    const words = ['map', 'configs/scenarios/eyeriss-alexnet.yaml', '--layer', 'conv3'];
    expect(page).to.include(`npx psconv ${words.join(' ')}`);
    const { stdout } = await psconv(root, words);
    expect(blocks.map(({ text }) => text)).to.include(stdout.trimEnd());
  });

  it('shows the error for a prescribed mapping that does not fit', () =>
    inWorkspace(async (folder) => {
      const scenario = read('configs/scenarios/eyeriss-alexnet.yaml').replace(
        'conv3: { rowStationary: { m: 64',
        'conv3: { rowStationary: { m: 96',
      );
      writeFileSync(join(folder, 'eyeriss-alexnet.yaml'), scenario);
      const { stderr } = await psconv(folder, ['map', 'eyeriss-alexnet.yaml', '--layer', 'conv3']);
      expect(blocks.map(({ text }) => text)).to.include(stderr.trimEnd());
    }));

  it('shows the error for a layer without a legal mapping', () =>
    inWorkspace(async (folder) => {
      const [before, after] = read('configs/accelerators/edge-16x16.yaml').split('- name: weight-buffer');
      const file = join(folder, 'edge-16x16.yaml');
      writeFileSync(file, `${before}- name: weight-buffer${after.replace('128 KiB', '8 B')}`);
      const layer = (await loadNetwork('resnet18-cifar10')).layers.find(
        ({ name }) => name === 'layer4.1.conv2',
      );
      if (layer === undefined || !isConv(layer)) throw new Error('no such convolution');
      const stored = storeLayer(
        'dense',
        { supports: denseSupports(512, 512, 9), precision: 'int8' },
        layer.name,
      );
      const { message } = noLegalMapping(convProblem(layer, int8, stored), await loadAccelerator(file));
      expect(blocks.map(({ text }) => text)).to.include(`psconv: ${message.replace(`${folder}/`, '')}`);
    }));

  for (const space of ['halved', 'aligned']) {
    it(`says how sure a search of the space ${space} is as it is printed`, () =>
      inWorkspace(async (folder) => {
        const scenario = `${read('configs/scenarios/resnet18-cifar10.yaml')}\nsearch: { space: ${space} }\n`;
        writeFileSync(join(folder, 'mine.yaml'), scenario);
        const words = ['--variants', 'PSD4_P8', '--layer', 'layer4.1.conv2'];
        expect(page).to.include(`psconv map SCENARIO ${words.join(' ')}`);
        const { stdout } = await psconv(folder, ['map', 'mine.yaml', ...words]);
        const [said] = /^edp .*$/m.exec(stdout) ?? [];
        expect(page).to.include(`| \`{ space: ${space} }\` | \`${said}\` |`);
      })).timeout(120_000);
  }

  it('has an example of a mapping file that can be read', () =>
    inWorkspace(async (folder) => {
      const example = blocks.find(
        ({ language, text }) => language === 'yaml' && text.startsWith('kind: mapping'),
      );
      const file = join(folder, 'example.yaml');
      writeFileSync(file, example?.text ?? '');
      const { sections } = await readMappingFile(file);
      expect(sections.map(({ layers }) => layers.size)).to.deep.equal([1, 2]);
    }));
});
