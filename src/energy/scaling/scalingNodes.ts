import { nearestByRatio } from '../nearestByRatio.js';

/** The nodes of Stillmaker and Baas, Integration 58 (2017), nm. */
export const scalingNodes = [180, 130, 90, 65, 45, 32, 20, 16, 14, 10, 7] as const;
export type ScalingNode = (typeof scalingNodes)[number];

/** How far a node may lie from one of the method that is taken in its place, as a part of the latter. */
export const nodeTolerance = 0.15;

/** The node of the method that stands for `technologyNm`; undefined where none is near enough. */
export function scalingNodeFor(technologyNm: number): ScalingNode | undefined {
  const nearest = nearestByRatio(scalingNodes, technologyNm);
  return nearest !== undefined && Math.abs(technologyNm / nearest - 1) <= nodeTolerance ? nearest : undefined;
}
