import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toEditorSchema } from '../../src/document/jsonSchema.js';
import { parseYaml } from '../../src/document/yamlDocument.js';
import { isConv } from '../../src/network/layer.js';
import { listNetworks, loadNetwork, toNetwork } from '../../src/network/loadNetwork.js';
import { networkSchema } from '../../src/network/schema.js';
import { inFolder, refusal } from '../document/fixtures.js';
import { networkOf, textOf } from './fixtures.js';

describe('a network file', () => {
  it('is found by its path or, beside the referring file, by its name', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'mine.yaml'), textOf('name: r, type: relu'));
      const network = await loadNetwork('mine', join(folder, 'scenario.yaml'));
      expect(network).to.deep.include({ name: 'n', source: 'test', file: join(folder, 'mine.yaml') });
      expect((await loadNetwork(join(folder, 'mine.yaml'))).layers).to.have.length(1);
    });
    expect(await refusal(() => loadNetwork('resnet18-cifar1'))).to.match(
      /got "resnet18-cifar1"; did you mean "resnet18-cifar10"\?/,
    );
    expect((await listNetworks()).map(({ name }) => name)).to.include.members([
      'resnet18-cifar10',
      'resnet18-tinyimagenet',
      'resnet20-cifar10',
      'vgg16-cifar10',
      'vgg16-tinyimagenet',
    ]);
  });

  it('chains nodes in the order of the list unless told, the last being the output', () => {
    const network = networkOf('name: a, type: relu\nname: b, type: max-pool, kernel: 2');
    expect(network.layers.map(({ name }) => name)).to.deep.equal(['a', 'b']);
    expect(network.output).to.equal('b');
    expect(network.layers[1].outputShape).to.deep.equal({ channels: 4, height: 4, width: 4 });
  });

  it('has defaults: stride 1, no padding, no dilation, one group, no bias; a bias in fully connected', () => {
    const network = networkOf(
      'name: c, type: conv2d, filters: 6, kernel: 3\nname: f, type: fully-connected, filters: 5',
    );
    const [c, f] = network.layers.filter(isConv);
    expect(c.bias).to.equal(false);
    expect(c.geometry).to.deep.equal({
      input: { channels: 4, height: 8, width: 8 },
      output: { channels: 6, height: 6, width: 6 },
      filters: 6,
      channelsPerGroup: 4,
      kernelHeight: 3,
      kernelWidth: 3,
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
    });
    expect(f.bias).to.equal(true);
    expect(f.geometry).to.deep.include({ channelsPerGroup: 216, kernelHeight: 1, kernelWidth: 1 });
    expect(f.geometry.input).to.deep.equal({ channels: 216, height: 1, width: 1 });
    expect(f.geometry.output).to.deep.equal({ channels: 5, height: 1, width: 1 });
  });

  it('takes one number for both axes, or each side on its own', () => {
    const geometryOf = (keys: string) => {
      const [layer] = networkOf(`name: c, type: conv2d, filters: 8, ${keys}`).layers;
      if (!isConv(layer)) throw new Error('no convolution');
      return layer.geometry;
    };
    const uneven = geometryOf(
      'kernel: [3, 2], stride: [2, 1], padding: [0, 1, 2, 3], dilation: [1, 4], groups: 4',
    );
    expect(uneven).to.deep.include({ kernelHeight: 3, kernelWidth: 2, channelsPerGroup: 1, groups: 4 });
    // Rows: floor((8 + 1 - 3) / 2) + 1; columns: (8 + 5) - ((2 - 1) * 4 + 1) + 1.
    expect(uneven.output).to.deep.equal({ channels: 8, height: 4, width: 9 });
    expect(geometryOf('kernel: 3, padding: [1, 2]').padding).to.deep.equal([1, 1, 2, 2]);
    expect(geometryOf('kernel: 3, padding: 1').padding).to.deep.equal([1, 1, 1, 1]);
    // 8 rows from a stride of 2 leave the last padded row unread.
    expect(geometryOf('kernel: 3, stride: 2, padding: 1').output).to.deep.include({ height: 4, width: 4 });
  });

  it('pools by its kernel unless told, and globally over the whole map', () => {
    const geometryOf = (node: string) => {
      const [layer] = networkOf(`name: p, ${node}`).layers;
      if (layer.kind !== 'max-pool' && layer.kind !== 'average-pool') throw new Error('no pool');
      return [layer.kind, layer.geometry.stride, layer.outputShape.height, layer.outputShape.width];
    };
    expect(geometryOf('type: max-pool, kernel: 3')).to.deep.equal(['max-pool', [3, 3], 2, 2]);
    expect(geometryOf('type: average-pool, kernel: [3, 8], stride: 2, padding: [1, 0]')).to.deep.equal([
      'average-pool',
      [2, 2],
      4,
      1,
    ]);
    expect(geometryOf('type: global-average-pool')).to.deep.equal(['average-pool', [8, 8], 1, 1]);
  });

  it('normalizes pixels by mean 0 and deviation 1 unless told', () => {
    expect(networkOf('name: r, type: relu').normalization).to.deep.equal({
      mean: [0, 0, 0, 0],
      standardDeviation: [1, 1, 1, 1],
    });
    expect(
      networkOf('name: r, type: relu', 'normalization: { mean: [1, 2, 3, 4] }').normalization.mean,
    ).to.deep.equal([1, 2, 3, 4]);
  });

  it('is described to editors', () => {
    const schema = toEditorSchema(networkSchema, 'network');
    expect(schema.required).to.have.members(['kind', 'name', 'source', 'input', 'nodes']);
    expect(JSON.stringify(schema.properties)).to.contain('global-average-pool');
  });
});

describe('a network file is refused', () => {
  const fault = (nodes: string, more = ''): Promise<string> =>
    refusal(() => toNetwork(parseYaml('/n.yaml', textOf(nodes, more))));
  const c = 'name: c, type: conv2d, filters: 4, kernel: 3, padding: 1';

  it('for another kind', async () => {
    expect(await refusal(() => toNetwork(parseYaml('/n.yaml', 'kind: scenario\n')))).to.equal(
      '/n.yaml:1:7: kind: expected "network", got "scenario": a file of another kind',
    );
  });

  it('for names that repeat, are reserved or unsafe', async () => {
    expect(await fault(`${c}\n${c}`)).to.equal(
      '/n.yaml:7:13: nodes[1].name: expected each name once, got "c" again',
    );
    expect(await fault('name: input, type: relu')).to.match(
      /^\/n.yaml:6:13: nodes\[0\].name: expected another name/,
    );
    for (const name of ['a/b', '"a b"', '-x', '""', '7', '__proto__', 'x'.repeat(65)]) {
      expect(await fault(`name: ${name}, type: relu`), name).to.match(
        /:6:13: nodes\[0\].name: expected name of a node of letters, digits/,
      );
    }
  });

  it('for a type or key that there is not, with the one that was meant', async () => {
    expect(await fault('name: x, type: conv2')).to.match(
      /:6:22: nodes\[0\].type: expected .*got "conv2"; did you mean "conv2d"\?/,
    );
    expect(await fault(`${c}, pading: 1`)).to.match(
      /nodes\[0\].pading: unknown key; did you mean "padding"\?/,
    );
    expect(await fault('name: c, type: conv2d, kernel: 3')).to.match(
      /nodes\[0\]: missing key "filters"; expected positive integer$/,
    );
    expect(await fault('name: a, type: add, input: x')).to.match(/did you mean "inputs"\?/);
  });

  it('for inputs and outputs that are no nodes', async () => {
    expect(await fault('name: conv1, type: relu\nname: r, type: relu, input: conv2')).to.equal(
      '/n.yaml:7:35: nodes[1].input: expected a node or "input", got "conv2"; did you mean "conv1"?',
    );
    expect(await fault('name: a, type: add, inputs: [input, imput]')).to.equal(
      '/n.yaml:6:43: nodes[0].inputs[1]: expected a node or "input", got "imput"; did you mean "input"?',
    );
    expect(await fault('name: relu, type: relu', 'output: rely')).to.equal(
      '/n.yaml:7:9: output: expected a node, got "rely"; did you mean "relu"?',
    );
    expect(await fault('name: r, type: relu', 'output: input')).to.match(
      /output: expected a node, got "input"/,
    );
  });

  it('for a cycle, which is named', async () => {
    expect(await fault('name: a, type: relu, input: a')).to.equal(
      '/n.yaml:6:35: nodes[0].input: expected no cycle, got a -> a',
    );
    expect(
      await fault(
        'name: a, type: relu\nname: b, type: add, inputs: [a, d]\nname: c, type: relu\nname: d, type: relu\nname: e, type: relu',
      ),
    ).to.equal('/n.yaml:7:35: nodes[1].inputs: expected no cycle, got b -> c -> d -> b');
    const long = Array.from({ length: 100 }, (_, i) => `name: n${i}, type: relu, input: n${(i + 99) % 100}`);
    expect(await fault(long.join('\n'))).to.match(
      /expected no cycle, got n0 -> n1 -> n2 -> n3 -> n4 -> n5 -> \.\.\. -> n0$/,
    );
  });

  it('for a node that nobody reads', async () => {
    expect(await fault(`${c}\nname: r, type: relu, input: input`)).to.equal(
      '/n.yaml:6:13: nodes[0].name: expected a node that another one reads; nobody reads "c" and the output is "r"',
    );
    expect(await fault(`${c}\nname: r, type: relu`, 'output: c')).to.match(/nobody reads "r"/);
  });

  it('for an add of two shapes', async () => {
    expect(
      await fault(`name: p, type: max-pool, kernel: 2\nname: a, type: add, inputs: [p, input]`),
    ).to.equal(
      '/n.yaml:7:35: nodes[1].inputs: expected two maps of one shape (channels x height x width), ' +
        'got "p" of 4 x 4 x 4 and "input" of 4 x 8 x 8',
    );
    expect(await fault('name: a, type: add, inputs: [input]')).to.match(
      /nodes\[0\].inputs: expected the two maps to be added, \[a, b\], got \["input"\]$/,
    );
    expect(await fault('name: a, type: add')).to.match(/nodes\[0\]: missing key "inputs"/);
  });

  it('for groups that do not divide channels or filters', async () => {
    expect(await fault('name: c, type: conv2d, filters: 6, kernel: 1, groups: 3')).to.equal(
      '/n.yaml:6:61: nodes[0].groups: expected a divisor of the 4 input channels, got 3',
    );
    expect(await fault('name: c, type: conv2d, filters: 6, kernel: 1, groups: 4')).to.match(
      /groups: expected a divisor of the 6 filters, got 4$/,
    );
  });

  it('for a kernel that does not fit into its input', async () => {
    expect(await fault('name: c, type: conv2d, filters: 6, kernel: [3, 9]')).to.equal(
      '/n.yaml:6:50: nodes[0].kernel: expected a kernel inside the input of 8 x 8, got 3 x 9',
    );
    expect(await fault('name: c, type: conv2d, filters: 6, kernel: 3, dilation: 5, padding: 1')).to.match(
      /inside the padded input of 10 x 10, got 3 x 3 that spans 11 x 11$/,
    );
    expect(
      networkOf('name: c, type: conv2d, filters: 6, kernel: 3, dilation: 4, padding: 1').layers,
    ).to.have.length(1);
    expect(await fault('name: p, type: average-pool, kernel: 9')).to.match(/inside the input of 8 x 8/);
    expect(await fault('name: p, type: max-pool, kernel: [1, 2], padding: [0, 2]')).to.match(
      /nodes\[0\].padding: expected padding smaller than the kernel of 1 x 2, got \[0, 0, 2, 2\]$/,
    );
  });

  it('for a batch norm that cannot be folded', async () => {
    expect(await fault('name: b, type: batch-norm')).to.match(
      /nodes\[0\].input: expected a conv2d or fully-connected node before a batch-norm, got the network's image; batch norm is folded/,
    );
    expect(await fault(`${c}\nname: r, type: relu\nname: b, type: batch-norm`)).to.match(
      /:8:5: nodes\[2\].input: .* before a batch-norm, got "r", of type relu;/,
    );
    expect(await fault(`${c}\nname: b, type: batch-norm\nname: a, type: add, inputs: [b, c]`)).to.match(
      /expected the batch-norm to be the only reader of "c", but "a" reads it, too;/,
    );
    expect(
      await fault(
        `${c}
name: b, type: batch-norm`,
        'output: c',
      ),
    ).to.match(/nobody reads "b"/);
    expect(
      await fault(
        `${c}
name: b, type: batch-norm
name: d, type: relu, input: e
name: e, type: relu, input: b`,
        'output: c',
      ),
    ).to.match(/nobody reads "d"/);
    expect(await fault(`name: z, type: relu\n${c}\nname: b, type: batch-norm, epsilon: 0`)).to.match(
      /epsilon/,
    );
  });

  it('for sizes beyond all bounds', async () => {
    expect(await fault('name: c, type: conv2d, filters: 70000, kernel: 1')).to.match(
      /filters: expected positive integer of at most 65536, got 70000$/,
    );
    expect(await fault('name: c, type: conv2d, filters: 0, kernel: 1')).to.match(
      /expected positive integer, got 0$/,
    );
    expect(await fault('name: c, type: conv2d, filters: 65536, kernel: 1, padding: 1000')).to.match(
      /^\/n.yaml:6:5: nodes\[0\]: expected fewer than 2\^31 elements in the output, got \d+ \(65536 x 2008 x 2008\)$/,
    );
    expect(await fault('name: c, type: conv2d, filters: 1, kernel: 1, padding: 65536')).to.match(
      /fewer than 2\^31 elements in the padded input/,
    );
    const wide = 'name: c, type: conv2d, filters: 65536, kernel: 1, stride: 8';
    expect(await fault(`${wide}\nname: f, type: fully-connected, filters: 65536`)).to.match(
      /:7:48: nodes\[1\].filters: expected fewer than 2\^31 weights, got 4294967296 \(65536 x 65536 x 1 x 1\)$/,
    );
    expect(await fault('name: c, type: conv2d, filters: 2000, kernel: 500, padding: 500')).to.match(
      /filters: expected at most 2\^40 MACs, got /,
    );
    const huge = textOf('name: r, type: relu').replace(
      '4, height: 8, width: 8',
      '65536, height: 65536, width: 1',
    );
    expect(await refusal(() => toNetwork(parseYaml('/n.yaml', huge)))).to.match(
      /^\/n.yaml:4:8: input: expected fewer than 2\^31 elements in the input, got 4294967296/,
    );
  });

  it('for kernels and paddings that are neither one number nor a list of the right length', async () => {
    expect(await fault('name: c, type: conv2d, filters: 1, kernel: [1, 2, 3]')).to.match(
      /:6:50: nodes\[0\].kernel: expected kernel: one positive integer of at most 65536 or two, \[height, width\], got \[1, 2, 3\]$/,
    );
    expect(await fault('name: c, type: conv2d, filters: 1, kernel: 1, padding: [1, 2, 3]')).to.match(
      /padding: expected padding: one integer from 0 to 65536, \[height, width\] or \[top, .*got \[1, 2, 3\]$/,
    );
    expect(await fault('name: c, type: conv2d, filters: 1, kernel: 1, padding: -1')).to.match(/got -1$/);
    expect(await fault('name: c, type: conv2d, filters: 1, kernel: 1, padding: same')).to.match(
      /got "same"$/,
    );
    expect(await fault('name: c, type: conv2d, filters: 1, kernel: 1.5')).to.match(/got 1.5$/);
  });

  it('for a normalization of other channels', async () => {
    expect(await fault('name: r, type: relu', 'normalization: { mean: [0.5, 0.5, 0.5] }')).to.equal(
      '/n.yaml:7:24: normalization.mean: expected one number for each of the 4 input channels, got 3',
    );
    expect(await fault('name: r, type: relu', 'normalization: { standardDeviation: [0, 1, 1, 1] }')).to.match(
      /normalization.standardDeviation\[0\]: expected number of at least/,
    );
  });

  it('without nodes, or with too many', async () => {
    expect(
      await refusal(() => toNetwork(parseYaml('/n.yaml', `${textOf('x').split('nodes')[0]}nodes: []`))),
    ).to.match(/nodes: expected list of at least 1 entry/);
    const chain = (length: number): string =>
      Array.from({ length }, (_, i) => `name: n${i}, type: relu`).join('\n');
    expect(await fault(chain(2049))).to.match(/nodes: expected list of at most 2048 entries/);
    expect(networkOf(chain(2048)).layers).to.have.length(2048);
  });
});
