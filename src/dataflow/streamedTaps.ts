import type { PassShape } from './pass.js';

/** What the streams of a pass's folds are taken from, and how they differ: `of 64 channels x 9 taps, 320 to 384 from fold to fold`. */
export function streamRemark({ channelCount, streamed }: PassShape, lengths: readonly number[]): string {
  const most = Math.max(...lengths);
  const least = Math.min(...lengths);
  const all =
    streamed.taps === 1 ? `${channelCount} channels` : `${channelCount} channels x ${streamed.taps} taps`;
  if (least < most) return `of ${all}, ${least} to ${most} from fold to fold`;
  return most === channelCount * streamed.taps ? all : `of ${all}`;
}

/** How phases share the folds, where there are any: `4 phase groups of 2 of 8 phases`. */
export function phaseRemark({ streamed: { assignment }, phasesPerGroup }: PassShape): { remark?: string } {
  if (assignment.kind !== 'periodic') return {};
  const groups = Math.ceil(assignment.period / phasesPerGroup);
  return {
    remark: `${groups} phase ${groups === 1 ? 'group' : 'groups'} of ${phasesPerGroup} of ${assignment.period} phases`,
  };
}
