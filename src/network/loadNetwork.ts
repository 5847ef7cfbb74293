import { expectKind, faultAt, parseDocument, readDocument } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import { listLibrary, resolveReference } from '../document/library.js';
import type { LibraryEntry } from '../document/library.js';
import type { FaultAt } from './graph.js';
import { buildGraph } from './graph.js';
import { lowerGraph } from './lower.js';
import type { InputNormalization, Network } from './network.js';
import { networkSchema } from './schema.js';
import type { NetworkFile } from './schema.js';
import { inferShapes } from './shapes.js';

/**
 * Reads a file of kind `network`.
 *
 * @param reference a name such as `resnet18-cifar10`, or a path relative to `fromFile`
 * @throws UserError with file, line and column: an unknown key, names that do not join up, a cycle, a node that nobody
 *   reads, shapes that do not fit together
 */
export async function loadNetwork(reference: string, fromFile?: string): Promise<Network> {
  return toNetwork(await readDocument(await resolveReference(reference, 'network', fromFile)));
}

/** The networks that can be referred to by name. */
export function listNetworks(): Promise<LibraryEntry[]> {
  return listLibrary('network');
}

/** As `loadNetwork`, of a document that has been read. */
export function toNetwork(document: YamlDocument): Network {
  expectKind(document, 'network');
  const file: NetworkFile = parseDocument(document, networkSchema);
  const fault: FaultAt = (path, message) => faultAt(document, path, message);
  const graph = buildGraph(file, fault);
  const shapes = inferShapes(graph, file.input, fault);
  return {
    name: file.name,
    description: file.description,
    source: file.source,
    file: document.file,
    input: file.input,
    normalization: normalizationOf(file, fault),
    layers: lowerGraph(graph, shapes),
    output: graph.output,
  };
}

function normalizationOf({ normalization, input }: NetworkFile, fault: FaultAt): InputNormalization {
  const perChannel = (key: 'mean' | 'standardDeviation', unless: number): readonly number[] => {
    const given = normalization[key] ?? new Array<number>(input.channels).fill(unless);
    if (given.length === input.channels) return given;
    throw fault(
      ['normalization', key],
      `expected one number for each of the ${input.channels} input channels, got ${given.length}`,
    );
  };
  return { mean: perChannel('mean', 0), standardDeviation: perChannel('standardDeviation', 1) };
}
