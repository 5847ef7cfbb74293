import type { Command } from 'commander';
import type { EvaluateArguments, ExportArguments } from './accelergy.js';

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
  accelergy
    .command('export')
    .description(
      "a scenario's machine and what it does, as ERT.yaml, ART.yaml, action_counts.yaml and energy_estimation.yaml",
    )
    .argument('<scenario>', 'YAML file of kind scenario')
    .option('--variant <name>', "this variant instead of the scenario's first")
    .option('--storage <format>', "stored in this format instead of the scenario's first")
    .option('--dataflow <name>', "in this dataflow instead of the scenario's first")
    .option('--layer <name>', "only this layer instead of the scenario's")
    .requiredOption('--out <folder>', 'where the files are written')
    .action(async (file: string, options: ExportArguments) => {
      const { exportFiles } = await import('./accelergy.js');
      await exportFiles(file, options);
    });
}
