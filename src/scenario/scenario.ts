import { dirname, resolve } from 'node:path';
import { expectKind, faultAt, parseDocument, readDocument } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import type { AccumulatorPrecision, Precision } from '../tensor/precision.js';
import type { Execution, KernelName } from './execution.js';
import type { MappingObjective, SearchSpace } from './objective.js';
import { scenarioSchema } from './schema.js';

export type { MappingObjective } from './objective.js';

/** Seeded initial weights, or the weights of an .npz or .npy file (absolute path). */
export type WeightsSource = { readonly seed: number } | { readonly file: string };

/**
 * Seeded images, as many as a batch has unless counted, or those of an .npy file or one in CIFAR-10's binary format (absolute path),
 * all from `first` on unless counted.
 */
export type ImagesSource =
  | { readonly seed: number; readonly count?: number | undefined }
  | { readonly file: string; readonly first: number; readonly count?: number | undefined };

/** A tiling that the user prescribes for one layer. */
export interface TilingSpec {
  /** One of the accelerator's; its first unless given. */
  readonly dataflow?: string | undefined;
  readonly tile: Readonly<Record<'images' | 'filters' | 'channels' | 'rows' | 'columns', number>>;
  /** Outermost loop first; each of the five once. */
  readonly order: ReadonlyArray<'images' | 'filters' | 'channels' | 'rows' | 'columns'>;
  readonly phasesPerGroup?: number | undefined;
  /** As the machine's buffers have it unless given. */
  readonly buffering?:
    | Readonly<
        Partial<Record<'ifmap' | 'weight' | 'psum' | 'ofmap', 'single' | 'double' | 'resident' | undefined>>
      >
    | undefined;
  /** How a row-stationary array runs the passes; its own choice unless given. */
  readonly peSets?: Readonly<Record<'e' | 'p' | 'q' | 'r' | 't', number>> | undefined;
}

/** Parameters of Eyeriss's mapping (Chen et al., JSSC 52(1), 2017, Table III). */
export type RowStationarySpec = Readonly<Record<'m' | 'n' | 'e' | 'p' | 'q' | 'r' | 't', number>>;

/** What a search for a mapping looks at, and how many mappings it estimates at most, or for how long. */
export interface SearchSettings {
  readonly space: SearchSpace;
  readonly judgements?: number | undefined;
  readonly refinements?: number | undefined;
  /** In ms; what is found then depends on the computer. */
  readonly budgetMs?: number | undefined;
}

/** What the user prescribes for one layer. */
export type LayerMappingSpec = TilingSpec | { readonly rowStationary: RowStationarySpec };

/** A variant and the formats to store it in; the scenario's own unless given. */
export interface ComparedVariant {
  readonly variant: string;
  readonly storage?: readonly string[] | undefined;
}

/** A scenario as it is written, defaults filled in, references to other files not yet followed. */
export interface ScenarioFile {
  readonly kind: 'scenario';
  /** Letters, digits, ".", "_" and "-": safe as a file name. */
  readonly name: string;
  readonly description: string;
  readonly network: string;
  readonly accelerator: string;
  /** An energy table in place of the accelerator's own. */
  readonly energy?: string | undefined;
  /** Names of built-in variants or references to sparsity files; not empty, each once. All are stored as `storage` says. */
  readonly variants?: readonly string[] | undefined;
  /** Variants side by side under formats of their own, in place of `variants`. */
  readonly compare?: readonly ComparedVariant[] | undefined;
  /** Dataflows to run every variant in, each once; the accelerator's own unless given. Whether there are such is not checked. */
  readonly dataflows?: readonly string[] | undefined;
  /** All three float32, or all three integers. */
  readonly precision: {
    readonly ifmap: Precision;
    readonly weight: Precision;
    readonly accumulator: AccumulatorPrecision;
  };
  readonly execution: Execution;
  /** Of the execution `tile`. */
  readonly kernel: KernelName;
  /** For the execution `estimate`: share of elements that are not zero, of all feature maps or by name. */
  readonly activationDensity?: number | Readonly<Record<string, number>> | undefined;
  readonly weights: WeightsSource;
  /** Images that a layer takes together. */
  readonly batch: number;
  readonly images: ImagesSource;
  /** Images that activation scales are calibrated on. */
  readonly calibrationImages: number;
  /** `auto` or the name of a format; whether there is one of this name is not checked. */
  readonly storage: string;
  /** How feature maps lie in DRAM: `dense` or the name of a format; whether there is one of this name is not checked. */
  readonly activations: string;
  /** Order of the elements of feature maps in DRAM; whether there is a layout of this name is not checked. */
  readonly layout: string;
  /** `auto`, a mapping file by name or path, or by layer name; layers without an entry are mapped automatically. */
  readonly mapping: string | Readonly<Record<string, LayerMappingSpec>>;
  /** Pooling layers that are fused into the convolution before them; whether they can be is not checked. */
  readonly fuse: 'none' | 'auto' | readonly string[];
  /** Maps that stay on chip: none, as the objective asks for, or by the name of the map or of its layer the buffer. */
  readonly keep: 'none' | 'auto' | Readonly<Record<string, string>>;
  readonly objective: MappingObjective;
  /** How mappings are searched for; quickly unless given. */
  readonly search?: SearchSettings | undefined;
  /** Names of the layers to report; all unless given. */
  readonly layers?: readonly string[] | undefined;
  /** Of everything random that has no seed of its own. */
  readonly seed: number;
  readonly check: { readonly enabled: boolean; readonly backend: 'wasm' | 'cpu' | 'node' | 'auto' };
}

/**
 * Reads a file of kind `scenario`. Paths of weights and images become absolute; whether they exist is not checked.
 *
 * @throws UserError at the first fault of the file
 */
export async function readScenarioFile(
  path: string,
): Promise<{ readonly document: YamlDocument; readonly value: ScenarioFile }> {
  const document = await readDocument(path);
  expectKind(document, 'scenario');
  const value: ScenarioFile = parseDocument(document, scenarioSchema);
  const { variants, compare } = value;
  if (variants === undefined && compare === undefined) {
    throw faultAt(document, [], 'expected one of the keys variants and compare, got none');
  }
  if (variants !== undefined && compare !== undefined) {
    throw faultAt(document, ['compare'], 'expected one of the keys variants and compare, got both');
  }
  const folder = dirname(document.file);
  return {
    document,
    value: {
      ...value,
      weights: withAbsolutePath(value.weights, folder),
      images: withAbsolutePath(value.images, folder),
    },
  };
}

function withAbsolutePath<T extends object>(source: T, folder: string): T {
  return 'file' in source && typeof source.file === 'string'
    ? { ...source, file: resolve(folder, source.file) }
    : source;
}
