/** Where a map lies that stays on chip. */
export interface KeptPlace {
  /** Name of the buffer. */
  readonly buffer: string;
  /** Bytes of the buffer before it. */
  readonly offset: number;
  readonly bytes: number;
}

/** Where a layer finds and leaves the maps that stay on chip, and what room they leave it. */
export interface KeptPlaces {
  readonly input?: KeptPlace | undefined;
  readonly residual?: KeptPlace | undefined;
  readonly output?: KeptPlace | undefined;
  /** By buffer, bytes before the layer's first slot: those of kept maps at the buffer's beginning. */
  readonly slotsFrom: Readonly<Record<string, number>>;
}
