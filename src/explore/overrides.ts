import type { Execution, KernelName } from '../scenario/execution.js';
import type { ImagesSource, MappingObjective, SearchSettings } from '../scenario/scenario.js';
import type { Precision } from '../tensor/precision.js';

/** What to do otherwise than the file says. */
export interface ScenarioOverrides {
  /** In place of the file's `variants` or `compare`. */
  readonly variants?: readonly string[] | undefined;
  /** Formats to store each variant in, in place of the file's. */
  readonly storage?: readonly string[] | undefined;
  /** Of feature maps in DRAM. */
  readonly layout?: string | undefined;
  readonly execution?: Execution | undefined;
  readonly kernel?: KernelName | undefined;
  /** In place of the file's, or of the accelerator's own. */
  readonly dataflows?: readonly string[] | undefined;
  /** Name or path of a DRAM in place of the accelerator's. */
  readonly dram?: string | undefined;
  readonly layers?: readonly string[] | undefined;
  /** What the search for mappings minimises. */
  readonly objective?: MappingObjective | undefined;
  /** How mappings are searched for; a budget of time or of estimates in place of the file's, in its space or `aligned`. */
  readonly search?: Partial<SearchSettings> | undefined;
  /** Of weights and feature maps. */
  readonly precision?: Precision | undefined;
  /** Replaces every seed of the scenario. */
  readonly seed?: number | undefined;
  readonly check?: boolean | undefined;
  readonly images?: ImagesSource | undefined;
  /** Images that a layer takes together. */
  readonly batch?: number | undefined;
}
