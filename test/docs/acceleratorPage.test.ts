import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceleratorSchema } from '../../src/accelerator/schema.js';
import { toEditorSchema } from '../../src/document/jsonSchema.js';
import { packageRoot } from '../../src/document/package.js';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** Keys of a schema, such as `buffers[].name`. */
function keysOf(node: Node, path: string): string[] {
  if (node.items !== undefined) {
    const inner = keysOf(node.items, `${path}[]`);
    return inner.length > 1 ? inner : [path];
  }
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.flatMap((each) => keysOf(each, path)))];
  if (node.properties === undefined) return [path];
  return Object.entries(node.properties).flatMap(([key, inner]) =>
    keysOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

describe('the page of accelerators', () => {
  it('lists every key', () => {
    const page = readFileSync(join(packageRoot(), 'docs/accelerator.md'), 'utf8');
    const keys = keysOf(toEditorSchema(acceleratorSchema, ''), '').filter((key) => key !== 'kind');
    expect(keys).to.include.members(['array.macLanes', 'buffers[].holds', 'array.registerFiles.psum']);
    expect(keys).to.include.members(['dram', 'dram.latency', 'dram.writeDrain.low']);
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).to.deep.equal([]);
  });
});
