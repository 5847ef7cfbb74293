import { expect } from 'chai';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { expectKind, faultAt, parseDocument, readDocument } from '../../src/document/document.js';
import { positiveInteger } from '../../src/document/integer.js';
import { quantity } from '../../src/document/quantity.js';
import { parseYaml } from '../../src/document/yamlDocument.js';
import { inFolder, refusal } from './fixtures.js';

const file = join(process.cwd(), 'configs', 'x.yaml');
const shown = join('configs', 'x.yaml');
const malformed = (text: string): Promise<string> => refusal(() => parseYaml(file, text));

const schema = z.strictObject({
  array: z.strictObject({ rows: positiveInteger({ max: 65536 }), columns: positiveInteger() }),
  clock: quantity('frequency').optional(),
  names: z.array(z.string()).min(1).optional(),
  mode: z.enum(['serial', 'overlapped']).optional(),
  enabled: z.boolean().optional(),
  size: z.number().min(1).max(10).optional(),
  dram: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('flat'), latency: quantity('time') }),
      z.strictObject({ kind: z.literal('banked'), banks: positiveInteger() }),
    ])
    .optional(),
  mapping: z
    .union([z.literal('auto'), z.record(z.string(), z.strictObject({ tile: positiveInteger() }))])
    .optional(),
  source: z
    .union([
      z.strictObject({ seed: positiveInteger() }),
      z.strictObject({ file: z.string(), first: positiveInteger() }),
    ])
    .optional(),
});
const array = 'array: { rows: 1, columns: 2 }\n';
const refused = (text: string): Promise<string> =>
  refusal(() => parseDocument(parseYaml(file, text), schema));

describe('reading a file', () => {
  it('gives its data, kind and absolute name', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.yaml'), 'kind: network\nlayers: [1, 0x10, 1e3, no, ~]\n');
      const document = await readDocument(join(folder, 'a.yaml'));
      expect(document.data).to.deep.equal({ kind: 'network', layers: [1, 16, 1000, 'no', null] });
      expect(document.kind).to.equal('network');
      expect(document.file).to.equal(join(folder, 'a.yaml'));
    }));

  it('that is missing names the one that was meant', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'resnet.yaml'), 'kind: network\n');
      expect(await refusal(() => readDocument(join(folder, 'renset.yaml')))).to.equal(
        `${folder}/renset.yaml: no such file; did you mean "resnet.yaml"?`,
      );
      expect(await refusal(() => readDocument(join(folder, 'other.yaml')))).to.match(/: no such file$/);
      expect(await refusal(() => readDocument(join(folder, 'no', 'x.yaml')))).to.match(
        /there is no folder ".*no"$/,
      );
      expect(await refusal(() => readDocument(join(folder, 'resnet.yaml', 'x.yaml')))).to.match(
        /no such file/,
      );
    }));

  it('is refused for folders, devices, large files and bytes that are no text', () =>
    inFolder(async (folder) => {
      mkdirSync(join(folder, 'd.yaml'));
      expect(await refusal(() => readDocument(join(folder, 'd.yaml')))).to.match(
        /expected a YAML file, got a folder$/,
      );
      expect(await refusal(() => readDocument('/dev/zero'))).to.match(/no plain file$/);
      writeFileSync(join(folder, 'large.yaml'), Buffer.alloc(4 * 1024 * 1024 + 1, 'a'));
      expect(await refusal(() => readDocument(join(folder, 'large.yaml')))).to.match(
        /expected a YAML file of at most 4 MiB, got 4194305 bytes$/,
      );
      writeFileSync(join(folder, 'b.yaml'), Buffer.from([0x6b, 0xff, 0xfe, 0x00]));
      expect(await refusal(() => readDocument(join(folder, 'b.yaml')))).to.match(
        /got bytes that are no text$/,
      );
      expect(await refusal(() => readDocument(`${folder}/\0.yaml`))).to.match(/cannot be read/);
    }));

  it('is refused without permission', function () {
    if (process.getuid?.() === 0) this.skip();
    return inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.yaml'), 'kind: network\n');
      chmodSync(join(folder, 'a.yaml'), 0);
      expect(await refusal(() => readDocument(join(folder, 'a.yaml')))).to.match(
        /cannot be read \(EACCES\)$/,
      );
    });
  });
});

describe('malformed YAML', () => {
  it('is told with line and column', async () => {
    expect(await malformed('a: 1\nb: [1, 2\n')).to.match(
      new RegExp(`^${shown}:3:1: malformed YAML: .*end with a \\]`),
    );
    expect(await malformed('a: b: c')).to.match(new RegExp(`^${shown}:1:4: malformed YAML: Nested mappings`));
    expect(await malformed('a:\n\tb: 3')).to.match(new RegExp(`^${shown}:2:1: malformed YAML: Tabs`));
    expect(await malformed('a: "x')).to.match(/malformed YAML: Missing closing "quote/);
  });

  it('is refused when empty', async () => {
    for (const text of ['', '\n', '# note\n', '---\n', '~'])
      expect(await malformed(text)).to.match(/got an empty file$/);
  });

  it('is refused for several documents', async () => {
    expect(await malformed('a: 1\n---\nb: 2')).to.equal(
      `${shown}:2:1: expected one YAML document, got a second one after "---"`,
    );
  });

  it('is refused for a repeated key, however deep', async () => {
    expect(await malformed('a: 1\nb: 2\n"a": 3')).to.equal(
      `${shown}:3:1: expected each key once, got "a" again`,
    );
    expect(await malformed('- x:\n    a: 1\n    a: 3')).to.equal(
      `${shown}:3:5: expected each key once, got "a" again`,
    );
  });

  it('is refused for tags, and for keys that are no words', async () => {
    expect(await malformed('a: !!js/function "x"')).to.match(/:1:4: malformed YAML: Unresolved tag/);
    expect(await malformed('? [a]\n: 1')).to.match(/expected a word as key, got a list or mapping$/);
  });

  it('is refused for an alias without an anchor before it', async () => {
    expect(await malformed('a: 1\nb: *c\nc: &c 2')).to.equal(
      `${shown}:2:4: alias "*c" has no anchor before it`,
    );
  });

  it('is refused at once for an alias bomb', async () => {
    const names = [...'abcdefghij'];
    const levels = names.map((name, i) => {
      const entries = Array<string>(10).fill(i === 0 ? 'x' : `*${names[i - 1]}`);
      return `${name}: &${name} [${entries.join(', ')}]`;
    });
    const start = performance.now();
    expect(await malformed(levels.join('\n'))).to.match(/anchors used at most 100 times .* got more/);
    expect(await malformed(`a: &a 1\nb: [${'*a, '.repeat(1001)}]`)).to.match(
      /expected at most 1000 aliases, got more$/,
    );
    expect(performance.now() - start).to.be.below(1000);
  });

  it('is refused at once for nesting without end', async () => {
    expect(await malformed('['.repeat(20_000))).to.match(/nested too deeply to be read$/);
    expect(await malformed('- '.repeat(20_000))).to.match(/nested too deeply to be read$/);
  });

  it('is refused for the key __proto__, which would be lost', async () => {
    expect(await malformed('a: 1\nb:\n  __proto__: { tile: 1 }\n')).to.equal(
      `${shown}:3:3: expected another key than "__proto__"`,
    );
  });

  it('takes no time that grows with the square of the keys', () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join('\n');
    const start = performance.now();
    expect(parseYaml(file, text).data).to.have.property('k29999', 1);
    expect(performance.now() - start).to.be.below(5000);
  });

  it('is none when few aliases are used', () => {
    expect(parseYaml(file, 'a: &a { x: 1 }\nb: [*a, *a]').data).to.deep.equal({
      a: { x: 1 },
      b: [{ x: 1 }, { x: 1 }],
    });
  });
});

describe('the place of a value', () => {
  const document = parseYaml(
    file,
    'a:\n  b: [1, { c: 2 }]\n  d:\n    - x\n    - y\ne: &e { f: 3 }\ng: *e\nh:\n',
  );
  const place = (path: ReadonlyArray<string | number>, at?: 'key' | 'value'): string => {
    const { line, column } = document.locate(path, at);
    return `${line}:${column}`;
  };

  it('is that of the value beside its key', () => {
    expect(place(['a', 'b', 0])).to.equal('2:7');
    expect(place(['a', 'b', 1, 'c'])).to.equal('2:15');
    expect(place(['a', 'd', 1])).to.equal('5:7');
  });

  it('is that of the key when asked, or when the value begins below it or is absent', () => {
    expect(place(['a', 'b'], 'key')).to.equal('2:3');
    expect(place(['a', 'd'])).to.equal('3:3');
    expect(place(['a'])).to.equal('1:1');
    expect(place(['h'])).to.equal('8:1');
  });

  it('is found through an alias', () => {
    expect(place(['g'])).to.equal('7:4');
    expect(place(['g', 'f'])).to.equal('6:12');
  });

  it('is that of what is nearest around it when it does not exist', () => {
    expect(place(['a', 'b', 1, 'z'])).to.equal('2:10');
    expect(place(['a', 'b', 9, 'z'])).to.equal('2:6');
    expect(place(['z'])).to.equal('1:1');
    expect(place([])).to.equal('1:1');
    expect(place(['a', 'b', 0, 'q'])).to.equal('2:7');
  });
});

describe('the kind of a file', () => {
  const kindFault = (text: string): Promise<string> =>
    refusal(() => expectKind(parseYaml(file, text), 'network'));

  it('is accepted when it is the one expected', () => {
    expect(() => expectKind(parseYaml(file, 'kind: network'), 'network')).not.to.throw();
  });

  it('is told when it is missing, another or unknown', async () => {
    expect(await kindFault('name: x')).to.equal(
      `${shown}:1:1: expected a file with the top key "kind: network", got none`,
    );
    expect(await kindFault('- kind: network')).to.match(/expected a file with the top key/);
    expect(await kindFault('kind: accelerator')).to.equal(
      `${shown}:1:7: kind: expected "network", got "accelerator": a file of another kind`,
    );
    expect(await kindFault('a: 1\nkind: netwrok')).to.match(
      /:2:7: kind: expected "network", got "netwrok"; did you mean "network"\? the kinds are scenario, network/,
    );
    expect(await kindFault('kind: [network]')).to.match(
      /:1:7: kind: expected "network", got something else; the kinds are/,
    );
    expect(await kindFault('kind: __proto__')).to.match(/got "__proto__"; the kinds are/);
  });
});

describe('a document that its schema refuses', () => {
  it('is told place, path, expectation and finding', async () => {
    expect(await refused('array:\n    rows: twelve\n    columns: 3')).to.equal(
      `${shown}:2:11: array.rows: expected positive integer, got "twelve"`,
    );
    expect(await refused(`array:\n  rows: 1e9\n  columns: 3`)).to.equal(
      `${shown}:2:9: array.rows: expected positive integer of at most 65536, got 1000000000`,
    );
    expect(await refused('array: { rows: .nan, columns: 3 }')).to.match(
      /array.rows: expected positive integer, got NaN$/,
    );
    expect(await refused(`${array}clock: 1`)).to.match(
      /:2:8: clock: expected frequency such as .*, got 1 without a unit$/,
    );
    expect(await refused(`${array}names: [a, 3]`)).to.match(/:2:12: names\[1\]: expected text, got 3$/);
    expect(await refused(`${array}names: []`)).to.match(
      /names: expected list of at least 1 entry, got empty list$/,
    );
    expect(await refused(`${array}names: a`)).to.match(/names: expected list, got "a"$/);
    expect(await refused(`${array}enabled: yes`)).to.match(/enabled: expected true or false, got "yes"$/);
    expect(await refused(`${array}size: 11`)).to.match(/size: expected number of at most 10, got 11$/);
    expect(await refused(`${array}size: 0`)).to.match(/size: expected number of at least 1, got 0$/);
    expect(await refused('[1]')).to.match(/:1:1: expected mapping with the keys array, clock, .*, got list$/);
    expect(await refused('3')).to.match(/:1:1: expected mapping with the keys .*, got 3$/);
  });

  it('is told the word that was meant', async () => {
    expect(await refused(`${array}mode: seriel`)).to.equal(
      `${shown}:2:7: mode: expected one of "serial", "overlapped", got "seriel"; did you mean "serial"?`,
    );
  });

  it('is told an unknown key with the keys that there are', async () => {
    expect(await refused(`array:\n  rows: 1\n  columns: 2\n  depth: 3`)).to.equal(
      `${shown}:4:3: array.depth: unknown key; the keys here are rows, columns`,
    );
    expect(await refused(`${array}"\\e[31m": 3`)).to.match(/:2:1: "\\u001b\[31m": unknown key/);
  });

  it('is told a misspelt key once, not again as a missing one', async () => {
    expect(await refused('array:\n  columns: 4\n  rwos: 3')).to.equal(
      `${shown}:3:3: array.rwos: unknown key; did you mean "rows"? the keys here are rows, columns`,
    );
  });

  it('is told a missing key at the line of its mapping', async () => {
    expect(await refused('clock: 1 GHz\narray:\n  columns: 4')).to.equal(
      `${shown}:2:1: array: missing key "rows"; expected positive integer`,
    );
    expect(await refused('clock: 1 GHz')).to.equal(
      `${shown}:1:1: missing key "array"; expected mapping with the keys rows, columns`,
    );
    expect(await refused('array:')).to.equal(
      `${shown}:1:1: array: expected mapping with the keys rows, columns, got nothing`,
    );
  });

  it('is told the first fault in the order of the file, and how many there are', async () => {
    expect(await refused('mode: x\nclock: 3\narray:\n  columns: 0\n  rows: -1')).to.match(
      /:1:7: mode: expected one of .* \(and 3 more\)$/,
    );
    expect(await refused('array:\n  columns: -1.5\n  rows: 1')).to.equal(
      `${shown}:2:12: array.columns: expected positive integer, got -1.5`,
    );
  });

  it('is told at once when very many keys are at fault', async () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `  k${i}: { tile: 0 }`).join('\n');
    const start = performance.now();
    expect(await refused(`array: { rows: 1, columns: 1 }\nmapping:\n${text}`)).to.match(
      /:3:15: mapping\.k0\.tile: expected positive integer, got 0 \(and 29999 more\)$/,
    );
    expect(performance.now() - start).to.be.below(8000);
  });

  it('is told by a discriminated union which kinds there are, then what is wrong with the one chosen', async () => {
    expect(await refused(`${array}dram: { kind: flta }`)).to.equal(
      `${shown}:2:15: dram.kind: expected one of "flat", "banked", got "flta"; did you mean "flat"?`,
    );
    expect(await refused(`${array}dram: { latency: 3 ns }`)).to.match(
      /:2:7: dram: missing key "kind"; expected one of "flat", "banked"$/,
    );
    expect(await refused(`${array}dram: { kind: flat, latency: 3 nm }`)).to.match(
      /:2:30: dram.latency: expected time such as .*, got "3 nm": that is length \(nm\)$/,
    );
    expect(await refused(`${array}dram: flat`)).to.match(/dram: expected mapping, got "flat"$/);
  });

  it('is told by a union about the option that was meant', async () => {
    expect(await refused(`${array}mapping: atuo`)).to.equal(
      `${shown}:2:10: mapping: expected "auto" or mapping, got "atuo"; did you mean "auto"?`,
    );
    expect(await refused(`${array}mapping: { c1: { tile: x } }`)).to.match(
      /mapping.c1.tile: expected positive integer, got "x"$/,
    );
    expect(await refused(`${array}mapping: { c1: { tlie: 3 } }`)).to.match(
      /:2:18: mapping.c1.tlie: unknown key; did you mean "tile"\? the key here is tile$/,
    );
    expect(await refused(`${array}source: { file: x, first: 0 }`)).to.match(
      /source.first: expected positive integer, got 0$/,
    );
    expect(await refused(`${array}source: { file: x, first: 1, seed: 3 }`)).to.match(
      /source.file: does not go with the other keys; the key here is seed|source.seed: does not go/,
    );
    expect(await refused(`${array}source: 3`)).to.match(
      /source: expected mapping with the key seed or mapping with the keys file, first, got 3$/,
    );
  });

  it('is not quoted at length, nor with line breaks', async () => {
    const message = await refused(`array: { rows: "${'x'.repeat(5000)}\\n", columns: 1 }`);
    expect(message).to.match(/got "x{57}\.\.\."$/);
    expect(await refused(`array: { rows: "a\\nb", columns: 1 }`)).to.match(/got "a\\nb"$/);
  });
});

describe('a fault found later', () => {
  it('points at its key or entry', () => {
    const document = parseYaml(file, 'layers:\n  - name: a\n    from: b\n');
    const fault = faultAt(document, ['layers', 0, 'from'], 'expected a layer, got "b"');
    expect(fault.message).to.equal(`${shown}:3:11: layers[0].from: expected a layer, got "b"`);
    expect(fault.location).to.deep.equal({ file, line: 3, column: 11 });
    expect(faultAt(document, [], 'nothing to do').message).to.equal(`${shown}:1:1: nothing to do`);
  });
});
