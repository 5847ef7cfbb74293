import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Where mappings are kept from run to run: the folder that `PSCONV_CACHE` names, else `psconv-sim` in the user's folder for caches, which is
 * `XDG_CACHE_HOME` where it is set to an absolute path (XDG Base Directory Specification), else the platform's.
 */
export function cacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { PSCONV_CACHE: own = '', XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local = '' } = environment;
  if (own !== '') return resolve(own);
  if (isAbsolute(xdg)) return join(xdg, 'psconv-sim');
  switch (platform) {
    case 'win32':
      return join(local === '' ? join(home, 'AppData', 'Local') : local, 'psconv-sim', 'Cache');
    case 'darwin':
      return join(home, 'Library', 'Caches', 'psconv-sim');
    default:
      return join(home, '.cache', 'psconv-sim');
  }
}
