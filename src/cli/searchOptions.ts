import { Option } from 'commander';
import type { Command } from 'commander';
import type { ScenarioOverrides } from '../explore/overrides.js';
import type { Jobs } from '../explore/searchThreads.js';
import { searchSpaces } from '../scenario/objective.js';
import type { SearchSpace } from '../scenario/objective.js';
import { jobs, searchBudget } from './numbers.js';

/** How thoroughly mappings are searched for, as the command line gives it. */
export interface SearchArguments {
  readonly space?: SearchSpace;
  readonly budget?: ReturnType<typeof searchBudget>;
  readonly jobs?: number;
}

export function addSearchOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--space <name>', "mappings to search among, instead of the scenario's").choices(
        searchSpaces,
      ),
    )
    .option(
      '--budget <limit>',
      "time for each layer's search, such as 10s, or how many mappings it estimates",
      searchBudget,
    )
    .option(
      '--jobs <number>',
      'threads to work with (default: one a processor, at most 8, where that is faster)',
      jobs,
    );
}

export function searchOverride({ space, budget }: SearchArguments): ScenarioOverrides['search'] {
  if (space === undefined && budget === undefined) return undefined;
  return { ...(space && { space }), ...budget };
}

export function jobsOf(options: SearchArguments): Jobs {
  return options.jobs ?? 'auto';
}
