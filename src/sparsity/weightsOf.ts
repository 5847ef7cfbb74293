/**
 * The raw weights of a layer of the network before anything is pruned: (filters, channelsPerGroup, taps), row-major, no
 * mask applied. Asked only for layers whose rule goes by weights.
 */
export type WeightsOf = (layer: string) => ArrayLike<number>;
