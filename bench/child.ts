import { openMappingCache } from '../src/explore/mappingCache.js';
import { kernelModule } from '../src/machine/kernels/compiled.js';
import type { ChildAnswer, ChildJob } from './measure/startUp.js';
import { prepareSubject } from './subject/prepare.js';
import { tileExecution } from './subject/tileExecution.js';
import { timed, totals } from './timing/inTurns.js';
import { peakBytes } from './timing/peakMemory.js';

/*
 * A process of its own for tile execution: what it takes when nothing is warm, and how much memory it needs at most. Its only argument is
 * a `ChildJob` as JSON, its output a `ChildAnswer`.
 */

const { file, variant, cacheFolder, effort, runs } = JSON.parse(process.argv[2]) as ChildJob;
const moduleMs = timed(() => {
  kernelModule();
});
const subject = await prepareSubject(file, { variant, effort, cache: openMappingCache(cacheFolder) });
const preparedBytes = peakBytes();
const execute = tileExecution(subject, 'commands');
const runsMs = totals(Array.from({ length: runs }, execute));
const answer: ChildAnswer = { moduleMs, firstTileMs: runsMs[0], preparedBytes, peakBytes: peakBytes() };
console.log(JSON.stringify(answer));
