import type { Command } from 'commander';
import type { EvaluateArguments } from './accelergy.js';

/** Adds the commands that read and write Accelergy's files. */
export function addAccelergyCommands(program: Command): void {
  const accelergy = program.command('accelergy').description("about Accelergy's files");
  accelergy
    .command('evaluate')
    .description('energy of action counts by an energy reference table')
    .requiredOption('--ert <file>', 'energy reference table (ERT.yaml)')
    .requiredOption('--counts <file>', 'action counts (action_counts.yaml)')
    .option('--art <file>', 'area reference table (ART.yaml), for areas beside the energies')
    .option('--out <file>', "write the energies as Accelergy's energy_estimation.yaml")
    .option('--json', 'print one machine-readable summary instead of the table')
    .action(async (options: EvaluateArguments) => {
      const { evaluateFiles } = await import('./accelergy.js');
      await evaluateFiles(options);
    });
}
