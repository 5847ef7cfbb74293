import type { Command } from 'commander';

/** Adds the commands about mappings that are kept from run to run. */
export function addCacheCommands(program: Command): void {
  const cache = program
    .command('cache')
    .description('mappings that are kept from run to run: where, how many, how large')
    .action(async () => {
      const { printCache } = await import('./cache.js');
      await printCache();
    });
  cache
    .command('clear')
    .description('remove them')
    .action(async () => {
      const { emptyCache } = await import('./cache.js');
      await emptyCache();
    });
}
