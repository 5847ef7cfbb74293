/** A thread of `createSearchThreads`: carries out one search after the other, and says what it found. */
import { parentPort } from 'node:worker_threads';
import type { SearchAnswer } from './searchThreads.js';
import { solveTask } from './searchTask.js';
import type { SearchTask } from './searchTask.js';

parentPort?.on('message', (task: SearchTask) => {
  parentPort?.postMessage(answerOf(task));
});

function answerOf(task: SearchTask): SearchAnswer {
  try {
    return { found: solveTask(task) };
  } catch {
    // Whoever asked searches once more, and says what is wrong in its own words.
    return {};
  }
}
