import { Option } from 'commander';
import type { Command } from 'commander';
import { pagePolicies, refreshPolicies, schedulers } from '../dram/controllerSettings.js';
import { positiveNumber, wholeNumber } from './numbers.js';
import type { ReplayArguments } from './replay.js';
import type { TraceArguments } from './trace.js';

/** Adds the commands that are about DRAM alone. */
export function addDramCommands(program: Command, done: (code: number) => void): void {
  program
    .command('trace')
    .description('what the DRAM is asked for, or told, in the layers of a scenario')
    .argument('<scenario>', 'YAML file of kind scenario, whose accelerator has a DRAM part')
    .requiredOption('--dram', "the DRAM's requests or commands")
    .option('--layer <name>', "only this layer instead of the scenario's")
    .option('--variant <name>', "this variant instead of the scenario's first")
    .option('--dataflow <name>', "this dataflow instead of the scenario's first")
    .requiredOption(
      '--format <name>',
      'dramsim3 or ramulator2 for requests; commands, dramsim3-commands or ramulator2-commands',
    )
    .requiredOption('--out <file>', 'where the trace is written')
    .action(async (file: string, options: TraceArguments) => {
      const { traceScenario } = await import('./trace.js');
      await traceScenario(file, options);
    });

  program
    .command('replay')
    .description(
      'run a trace of requests through a memory controller and its DRAM alone, or check a trace of commands',
    )
    .argument('<trace>', 'file of requests of DRAMsim3 or Ramulator 2, or of commands')
    .option('--part <name>', 'name or path of a DRAM part')
    .option('--accelerator <name>', 'name or path of an accelerator, whose DRAM and controller are taken')
    .option('--format <name>', 'form of the file, where its first line does not tell')
    .option('--channels <number>', 'channels', positiveNumber)
    .option('--ranks <number>', 'ranks of a channel', positiveNumber)
    .option('--map <fields>', 'address map from the top bits down, such as row-bank-column')
    .addOption(new Option('--scheduler <name>', 'which request goes first').choices(schedulers))
    .option('--window <number>', 'reads, and writes, of a channel that wait for their bank', positiveNumber)
    .option('--bank-queue <number>', 'requests of a bank that commands are chosen for', positiveNumber)
    .addOption(new Option('--page <policy>', 'when rows close').choices(pagePolicies))
    .option(
      '--page-timeout <clocks>',
      'clocks until an unused row closes, for --page timeout',
      positiveNumber,
    )
    .option('--max-row-hits <number>', 'reads and writes after which a row gives way', positiveNumber)
    .addOption(new Option('--refresh <policy>', 'how rows are refreshed').choices(refreshPolicies))
    .option('--power-down <clocks>', 'idle clocks until a rank goes to power-down', positiveNumber)
    .option('--write-high <number>', 'waiting writes at which they go out', positiveNumber)
    .option(
      '--write-low <number>',
      'waiting writes up to which they stay while there is something to read',
      wholeNumber,
    )
    .option('--commands <file>', 'write the commands that the DRAM is given')
    .option('--commands-format <name>', 'commands, dramsim3-commands or ramulator2-commands', 'commands')
    .option('--check', 'hold the commands against the timings of the part')
    .option('--json [file]', 'print one machine-readable summary instead of the table, or write it to a file')
    .action(async (file: string, options: ReplayArguments) => {
      const { replay } = await import('./replay.js');
      done(await replay(file, options));
    });
}
