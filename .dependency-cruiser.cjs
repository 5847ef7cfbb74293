/** Folders of src/ from the first stage to the last: each may import only those before it. */
const layers = [
  'document',
  'tensor',
  'scenario',
  'network',
  'sparsity',
  'storage',
  'model',
  'dram',
  'dataflow',
  'accelerator',
  'mapping',
  'schedule',
  'machine',
  'counts',
  'energy',
  'search',
  'reference',
  'report',
  'explore',
  'cli',
];

const oneDirection = layers.slice(0, -1).map((layer, index) => ({
  name: `${layer}-imports-only-earlier-layers`,
  comment: `${layer} may import: ${layers.slice(0, index).join(', ') || 'no other layer'}.`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(${layers.slice(index + 1).join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...oneDirection,
    {
      name: 'folder-without-a-layer',
      comment: 'Every folder of src/ has its place in the list of layers.',
      severity: 'error',
      from: { path: '^(src|test|bench|scripts|docs)/' },
      to: { path: '^src/', pathNot: `^src/((${layers.join('|')})/|index\\.ts$)` },
    },
    {
      name: 'layer-imports-index',
      comment: 'src/index.ts is for users of the package; inside, import the file itself.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'src-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|docs)/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      comment: '@tensorflow/tfjs-node is optional and often absent.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@tensorflow/tfjs-node$' },
    },
    {
      name: 'src-imports-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
