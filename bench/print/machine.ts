import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type as systemType } from 'node:os';
import { packageRoot, packageVersion } from '../../src/document/package.js';

/** Where and of what figures were taken. */
export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly node: string;
  readonly system: string;
  readonly version: string;
  /** Of the working tree; absent outside of a repository. `+` behind it where files differ from it. */
  readonly commit?: string;
}

export function describeMachine(): MachineDescription {
  const processors = cpus();
  const commit = commitOf(packageRoot());
  return {
    cpu: processors[0]?.model.trim() ?? process.arch,
    cores: processors.length,
    memoryBytes: totalmem(),
    node: process.version,
    system: `${systemType()} ${release()}`,
    version: packageVersion(),
    ...(commit !== undefined && { commit }),
  };
}

/** Processes that want to run, on average over the last minute. */
export function load(): number {
  return loadavg()[0];
}

export function machineLine({
  cpu,
  cores,
  memoryBytes,
  node,
  system,
  version,
  commit,
}: MachineDescription): string {
  return (
    `psconv-sim ${version}${commit === undefined ? '' : ` (${commit})`} on ${cpu}, ${cores} cores, ` +
    `${Math.round(memoryBytes / 2 ** 30)} GiB, Node ${node}, ${system}`
  );
}

function commitOf(folder: string): string | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? '+' : '');
  } catch {
    return undefined;
  }
}
