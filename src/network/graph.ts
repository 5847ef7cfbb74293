import { quote } from '../document/describeValue.js';
import { didYouMean } from '../document/suggest.js';
import type { UserError } from '../document/userError.js';
import type { YamlPath } from '../document/document.js';
import type { MapName } from './layer.js';
import type { NetworkFile, NodeSpec } from './schema.js';

/** A node with what it reads. */
export interface GraphNode {
  /** Position in the file's list. */
  readonly index: number;
  readonly spec: NodeSpec;
  readonly inputs: readonly MapName[];
}

export interface Graph {
  /** Each after all that it reads; in the order of the file where that allows it. */
  readonly nodes: readonly GraphNode[];
  readonly byName: ReadonlyMap<string, GraphNode>;
  /** Who reads a map; a node that reads it twice stands here twice. */
  readonly readers: ReadonlyMap<MapName, readonly GraphNode[]>;
  readonly output: MapName;
}

/** Makes the error for a fault of the network's file. */
export type FaultAt = (path: YamlPath, message: string) => UserError;

/** The name of the network's image among the maps. */
export const imageMap = 'input';

const longestCycleShown = 8;

/**
 * Joins nodes by their names and puts them in topological order.
 *
 * @throws UserError (of `fault`) for a name given twice or reserved, an input or output that is no node, a cycle, and
 *   a node whose output nobody reads
 */
export function buildGraph(file: NetworkFile, fault: FaultAt): Graph {
  const byName = nodesByName(file.nodes, fault);
  for (const { index, spec, inputs } of byName.values()) {
    inputs.forEach((input, position) => {
      if (input === imageMap || byName.has(input)) return;
      const others = [...byName.keys()].filter((name) => name !== spec.name);
      const path = spec.type === 'add' ? ['inputs', position] : ['input'];
      throw fault(
        ['nodes', index, ...path],
        `expected a node or "input", got ${quote(input)}${hintFor(input, [...others, imageMap])}`,
      );
    });
  }
  const nodes = topologicalOrder(byName, fault);
  const readers = new Map<MapName, GraphNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const output = file.output ?? file.nodes[file.nodes.length - 1].name;
  if (!byName.has(output)) {
    throw fault(['output'], `expected a node, got ${quote(output)}${hintFor(output, [...byName.keys()])}`);
  }
  for (const { index, spec } of byName.values()) {
    if (spec.name === output || readers.has(spec.name)) continue;
    throw fault(
      ['nodes', index, 'name'],
      `expected a node that another one reads; nobody reads "${spec.name}" and the output is "${output}"`,
    );
  }
  return { nodes, byName, readers, output };
}

function nodesByName(specs: readonly NodeSpec[], fault: FaultAt): Map<string, GraphNode> {
  const byName = new Map<string, GraphNode>();
  specs.forEach((spec, index) => {
    if (spec.name === imageMap) {
      throw fault(['nodes', index, 'name'], 'expected another name: "input" is the network\'s image');
    }
    if (byName.has(spec.name)) {
      throw fault(['nodes', index, 'name'], `expected each name once, got "${spec.name}" again`);
    }
    const previous = index === 0 ? imageMap : specs[index - 1].name;
    const inputs = spec.type === 'add' ? spec.inputs : [spec.input ?? previous];
    byName.set(spec.name, { index, spec, inputs });
  });
  return byName;
}

/** Depth first, inputs before their readers; the schema bounds the number of nodes and so the depth. */
function topologicalOrder(byName: ReadonlyMap<string, GraphNode>, fault: FaultAt): GraphNode[] {
  const ordered: GraphNode[] = [];
  const done = new Set<GraphNode>();
  const open: GraphNode[] = [];
  const visit = (node: GraphNode): void => {
    if (done.has(node)) return;
    const from = open.indexOf(node);
    if (from >= 0) throw cycleFault(open.slice(from), fault);
    open.push(node);
    for (const input of node.inputs) {
      const source = byName.get(input);
      if (source !== undefined) visit(source);
    }
    open.pop();
    done.add(node);
    ordered.push(node);
  };
  for (const node of byName.values()) visit(node);
  return ordered;
}

/** @param cycle each node reads the next one, the last reads the first */
function cycleFault(cycle: readonly GraphNode[], fault: FaultAt): UserError {
  const first = cycle.reduce((least, node) => (node.index < least.index ? node : least));
  const at = cycle.indexOf(first);
  const onwards = [...cycle.slice(at), ...cycle.slice(0, at)].map(({ spec }) => spec.name);
  const names = [first.spec.name, ...onwards.reverse()];
  const shown =
    names.length > longestCycleShown
      ? [...names.slice(0, longestCycleShown - 2), '...', ...names.slice(-1)]
      : names;
  const key = first.spec.type === 'add' ? 'inputs' : 'input';
  return fault(['nodes', first.index, key], `expected no cycle, got ${shown.join(' -> ')}`);
}

function hintFor(word: string, candidates: readonly string[]): string {
  const hint = didYouMean(word, candidates);
  return hint === '' ? '' : `; ${hint}`;
}
