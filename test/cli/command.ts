import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface Outcome {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Holds a cache for each folder that commands are run in, so that no test finds what another one left, or the user's. */
let caches: string | undefined;

function cacheOf(folder: string): string {
  if (caches === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'psconv-caches-'));
    process.once('exit', () => {
      rmSync(made, { recursive: true, force: true });
    });
    caches = made;
  }
  return join(caches, basename(folder));
}

/**
 * Runs `psconv` in a folder and waits for its end.
 *
 * @param interrupt presses Ctrl-C after so many milliseconds, or as soon as it is true
 */
export function psconv(
  folder: string,
  words: readonly string[],
  interrupt?: number | (() => boolean),
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...words], {
      cwd: folder,
      env: {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
        PSCONV_CACHE: cacheOf(folder),
        ...environment,
      },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
    if (typeof interrupt === 'number') setTimeout(() => child.kill('SIGINT'), interrupt);
    if (typeof interrupt === 'function') {
      const poll = setInterval(() => {
        if (interrupt()) child.kill('SIGINT');
        if (interrupt() || child.exitCode !== null) clearInterval(poll);
      }, 20);
    }
  });
}

/** Calls with a new folder that holds a small network, an accelerator and a scenario, and removes it afterwards. */
export async function inWorkspace<T>(
  use: (folder: string) => Promise<T>,
  changed: Readonly<Record<string, string>> = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'psconv-cli-'));
  try {
    for (const [name, text] of Object.entries({ ...files, ...changed }))
      await writeFile(join(folder, name), text);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const files = {
  'net.yaml': `kind: network
name: net
source: made up for tests
input: { channels: 3, height: 8, width: 8 }
normalization: { mean: [0.5, 0.5, 0.5], standardDeviation: [0.2, 0.2, 0.2] }
nodes:
  - { name: conv1, type: conv2d, filters: 16, kernel: 3, padding: 1 }
  - { name: bn1, type: batch-norm }
  - { name: relu1, type: relu }
  - { name: conv2, type: conv2d, filters: 16, kernel: 3, padding: 1 }
  - { name: bn2, type: batch-norm }
  - { name: add, type: add, inputs: [bn2, relu1] }
  - { name: relu2, type: relu }
  - { name: pool, type: global-average-pool }
  - { name: fc, type: fully-connected, filters: 10 }
`,
  'machine.yaml': `kind: accelerator
name: machine
technology: 45 nm
clock: 500 MHz
array: { rows: 4, columns: 4, dataflow: weight-stationary }
buffers:
  - { name: glb, holds: [ifmap, weight, psum, ofmap], capacity: 32 KiB, word: 64 bit, cell: itrs-lop }
postProcessor: { lanes: 4 }
dram: { kind: flat, bandwidth: 3.2 GB/s, latency: 50 ns, energy: 8 pJ/bit, source: made up for tests }
energyTable: edge-45nm
`,
  'scenario.yaml': `kind: scenario
name: small
network: net.yaml
accelerator: machine.yaml
variants: [dense, PSD4_P8]
images: { count: 2 }
`,
} as const;

/** Columns of a CSV file by name, row by row; no field of these files has a comma. */
export function rowsOf(file: string): Array<Record<string, string>> {
  const [head, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  const columns = head.split(',');
  return rows.map((row) =>
    Object.fromEntries(row.split(',').map((value, column) => [columns[column], value])),
  );
}
