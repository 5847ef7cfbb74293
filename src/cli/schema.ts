import type { z } from 'zod';
import { toEditorSchema } from '../document/jsonSchema.js';
import { documentKinds, isDocumentKind } from '../document/kinds.js';
import type { DocumentKind } from '../document/kinds.js';
import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';

const schemas: Readonly<Record<DocumentKind, () => Promise<z.ZodType>>> = {
  scenario: async () => (await import('../scenario/schema.js')).scenarioSchema,
  network: async () => (await import('../network/schema.js')).networkSchema,
  accelerator: async () => (await import('../accelerator/schema.js')).acceleratorSchema,
  dram: async () => (await import('../dram/schema.js')).dramSchema,
  sparsity: async () => (await import('../sparsity/schema.js')).sparsitySchema,
  mapping: async () => (await import('../scenario/mappingFile.js')).mappingFileSchema,
  'energy-table': async () => (await import('../energy/schema.js')).energyTableSchema,
  'sram-table': async () => (await import('../energy/schema.js')).sramTableSchema,
};

/** Prints the JSON Schema of a kind of YAML file. */
export async function printSchema(kind: string): Promise<void> {
  if (!isDocumentKind(kind)) {
    const hint = didYouMean(kind, documentKinds);
    throw new UserError(
      `expected a kind of file (${documentKinds.join(', ')}), got "${kind}"${hint === '' ? '' : `; ${hint}`}`,
    );
  }
  console.log(JSON.stringify(toEditorSchema(await schemas[kind](), `psconv-sim ${kind}`), undefined, 2));
}
