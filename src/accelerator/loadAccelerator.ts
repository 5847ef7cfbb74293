import type { z } from 'zod';
import { expectKind, faultAt, parseDocument, readDocument } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import { resolveReference } from '../document/library.js';
import type { Accelerator, BufferSpec } from './accelerator.js';
import { loadDramSpec } from './loadDramSpec.js';
import { acceleratorSchema, heldTensors } from './schema.js';
import { checkDataflow } from './withDataflow.js';

type AcceleratorFile = z.output<typeof acceleratorSchema>;

/**
 * Reads a file of kind `accelerator`. The clock's period is rounded to whole picoseconds, and the clock is what
 * that period makes it.
 *
 * @param reference a name such as `edge-16x16`, or a path relative to `fromFile`
 * @throws UserError with file, line and column: an unknown key, a size or unit that makes no sense, a tensor that no
 *   buffer or more than one holds, banks that do not divide a buffer, a dataflow that cannot skip and is to, a DRAM that
 *   `loadDramSpec` refuses
 */
export async function loadAccelerator(reference: string, fromFile?: string): Promise<Accelerator> {
  const document = await readDocument(await resolveReference(reference, 'accelerator', fromFile));
  expectKind(document, 'accelerator');
  const given = parseDocument(document, acceleratorSchema);
  checkBuffers(document, given);
  const periodPs = Math.round(1e12 / given.clock);
  const { pePitch: pePitchNm, dataflow: named, ...array } = given.array;
  const dataflows = [...new Set(typeof named === 'string' ? [named] : named)];
  const accelerator: Accelerator = {
    name: given.name,
    description: given.description,
    file: document.file,
    technologyNm: given.technology,
    ...(given.scaling && { scaling: given.scaling }),
    clockHz: 1e12 / periodPs,
    periodPs,
    array: {
      ...array,
      dataflow: dataflows[0],
      ...(dataflows.length > 1 && { dataflows }),
      ...(pePitchNm !== undefined && { pePitchMm: pePitchNm * 1e-6 }),
    },
    buffers: given.buffers.map((buffer): BufferSpec => ({
      name: buffer.name,
      holds: buffer.holds.includes('weight') ? [...buffer.holds, 'index'] : buffer.holds,
      capacityBytes: buffer.capacity,
      wordBits: buffer.word,
      banks: buffer.banks,
      ports: buffer.ports,
      sharedPorts: buffer.sharedPorts,
      doubleBuffered: buffer.doubleBuffered,
      cell: buffer.cell,
      extrapolate: buffer.extrapolate,
    })),
    postProcessor: given.postProcessor,
    decoder: given.decoder ?? { entriesPerCycle: given.array.columns },
    dram: await loadDramSpec(document, given.dram),
    energyTable: given.energyTable,
    places: {
      technology: document.locate(['technology']),
      energyTable: document.locate(['energyTable']),
      skip: document.locate(['array', 'skip']),
      dram: document.locate(['dram']),
      ...(given.scaling && { scaling: document.locate(['scaling']) }),
      buffers: Object.fromEntries(
        given.buffers.map(({ name }, index) => [name, document.locate(['buffers', index])]),
      ),
    },
  };
  checkDataflow(accelerator);
  return accelerator;
}

function checkBuffers(document: YamlDocument, { buffers }: AcceleratorFile): void {
  const names = new Set<string>();
  const holders = new Map<string, string>();
  buffers.forEach((buffer, index) => {
    const fail = (key: string, message: string): never => {
      throw faultAt(document, ['buffers', index, key], message);
    };
    if (names.has(buffer.name)) fail('name', `expected each name once, got "${buffer.name}" again`);
    names.add(buffer.name);
    for (const tensor of buffer.holds) {
      const other = holders.get(tensor);
      if (other !== undefined) {
        fail('holds', `expected one buffer for ${tensor}, got "${other}" and "${buffer.name}"`);
      }
      holders.set(tensor, buffer.name);
    }
    if (buffer.word % 8 !== 0) fail('word', `expected a word of whole bytes, got ${buffer.word} bit`);
    if (buffer.capacity % buffer.banks !== 0) {
      fail('banks', `expected banks that divide ${buffer.capacity} B evenly, got ${buffer.banks}`);
    }
  });
  const missing = heldTensors.filter((tensor) => !holders.has(tensor));
  if (missing.length > 0) {
    throw faultAt(
      document,
      ['buffers'],
      `expected a buffer for each tensor, got none for ${missing.join(', ')}`,
    );
  }
}
