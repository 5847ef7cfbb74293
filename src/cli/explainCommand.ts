import { Option } from 'commander';
import type { Command } from 'commander';
import { mappingObjectives } from '../scenario/objective.js';
import type { ExplainArguments } from './explain.js';
import { addSearchOptions } from './searchOptions.js';

/**
 * Adds the command that says what bounds a scenario.
 *
 * @param list reads names that are separated by commas
 */
export function addExplainCommand(program: Command, list: (text: string) => string[]): void {
  const more = (text: string, before: readonly string[] = []): string[] => [
    ...new Set([...before, ...list(text)]),
  ];
  const command = program
    .command('explain')
    .description('what bounds a network or a layer, and which one change of the machine would help most')
    .argument('<scenario>', 'YAML file of kind scenario')
    .option('--layer <names>', 'explain these layers alone, separated by commas; may be repeated', more)
    .option('--variants <names>', "these variants instead of the scenario's first, separated by commas", list)
    .option('--storage <formats>', "store each variant in these formats instead of the scenario's", list)
    .option('--dataflow <names>', "in these dataflows instead of the scenario's", list)
    .option('--dram <name>', "this DRAM, by name or path, instead of the accelerator's")
    .addOption(
      new Option('--objective <name>', "what is to be lowered, instead of the scenario's").choices(
        mappingObjectives,
      ),
    );
  addSearchOptions(command)
    .option('--json', 'print everything as JSON instead of tables')
    .action(async (file: string, options: ExplainArguments) => {
      const { printExplanation } = await import('./explain.js');
      await printExplanation(file, options);
    });
}
