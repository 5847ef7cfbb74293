import { displayPath } from '../document/userError.js';
import { cacheContent, clearCache } from '../explore/cacheFiles.js';
import type { CacheContent } from '../explore/cacheFiles.js';
import { cacheFolder } from '../explore/cacheFolder.js';

/** Prints where mappings are kept, how many there are and what they take. */
export async function printCache(): Promise<void> {
  const folder = cacheFolder();
  const content = await cacheContent(folder);
  console.log(`folder:  ${displayPath(folder)}`);
  console.log(`entries: ${content.entries.toLocaleString('en-US')}`);
  console.log(`bytes:   ${content.bytes.toLocaleString('en-US')}`);
}

/** Removes what is kept, and says what it was. */
export async function emptyCache(): Promise<void> {
  const folder = cacheFolder();
  console.log(`removed ${phrase(await clearCache(folder))} from ${displayPath(folder)}`);
}

function phrase({ entries, bytes }: CacheContent): string {
  return `${entries.toLocaleString('en-US')} ${entries === 1 ? 'entry' : 'entries'} (${bytes.toLocaleString('en-US')} bytes)`;
}
