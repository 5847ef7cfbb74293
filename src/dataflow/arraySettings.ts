/** Whether something waits for the array or goes on beside it. */
export const overlaps = ['serial', 'overlapped'] as const;
export type Overlap = (typeof overlaps)[number];

/** How far a wave through the array runs: through all of it, or through the PEs in use. */
export const fills = ['array', 'used'] as const;
export type Fill = (typeof fills)[number];

/** Bytes of each register file of a PE; no limit where none is given. */
export interface RegisterFileBytes {
  readonly ifmap?: number | undefined;
  readonly weight?: number | undefined;
  readonly psum?: number | undefined;
}

/** The PE array and how it works through its folds. */
export interface ArraySettings {
  readonly rows: number;
  readonly columns: number;
  /** Multiplications of one PE in a cycle. */
  readonly macLanes: number;
  /** Loading what stays in the array: before each fold, or behind the one before. */
  readonly preload: Overlap;
  /** Sums that leave the array after a fold: before the next fold, or behind it. */
  readonly drain: Overlap;
  readonly fill: Fill;
  /** Multiplications whose activation is zero: carried out, or left out in their cycle, which saves energy. */
  readonly gate: 'none' | 'activation';
  /** The same, their cycle given to the next one. */
  readonly skip: 'none' | 'activation';
  readonly registerFiles: RegisterFileBytes;
}
