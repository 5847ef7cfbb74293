/** Transistors of high performance, or of low power. */
export const transistorFlavours = ['hp', 'lp'] as const;
export type TransistorFlavour = (typeof transistorFlavours)[number];

/** The process and the supply that a figure holds for. */
export interface OperatingPoint {
  readonly technologyNm: number;
  /** Supply, V. */
  readonly voltage: number;
  /** Told apart below 65 nm only: older nodes have one kind of transistor here. */
  readonly flavour: TransistorFlavour;
}
