import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageName = 'psconv-sim';

interface Package {
  readonly root: string;
  readonly version: string;
}

let found: Package | undefined;

/** Folder of this package's package.json, wherever the compiled files lie below it. */
export function packageRoot(): string {
  return thisPackage().root;
}

export function packageVersion(): string {
  return thisPackage().version;
}

function thisPackage(): Package {
  return (found ??= findPackage(dirname(fileURLToPath(import.meta.url))));
}

function findPackage(start: string): Package {
  for (let folder = start; ; folder = dirname(folder)) {
    const version = versionIn(folder);
    if (version !== undefined) return { root: folder, version };
    if (folder === dirname(folder)) throw new Error(`no package.json of ${packageName} above ${start}`);
  }
}

function versionIn(folder: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8');
  } catch {
    return undefined;
  }
  const manifest = JSON.parse(text) as { readonly name?: unknown; readonly version?: unknown };
  return manifest.name === packageName && typeof manifest.version === 'string' ? manifest.version : undefined;
}
