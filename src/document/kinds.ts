/** Kinds of YAML files, each told by its top key `kind`, with the folder of `configs/` that holds them. */
export const kindFolders = {
  scenario: 'scenarios',
  network: 'networks',
  accelerator: 'accelerators',
  dram: 'dram',
  sparsity: 'sparsity',
  mapping: 'mappings',
  'energy-table': 'energy',
  'sram-table': 'energy',
} as const;

export type DocumentKind = keyof typeof kindFolders;

export const documentKinds = Object.keys(kindFolders) as readonly DocumentKind[];

export function isDocumentKind(word: unknown): word is DocumentKind {
  return typeof word === 'string' && Object.hasOwn(kindFolders, word);
}
