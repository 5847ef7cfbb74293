import { Command, Option, CommanderError, InvalidArgumentError } from 'commander';
import { packageVersion } from '../document/package.js';
import { executions } from '../scenario/execution.js';
import { precisions } from '../tensor/precision.js';
import { exitCodes } from './exitCodes.js';
import { pagePolicies, refreshPolicies, schedulers } from '../dram/controllerSettings.js';
import type { ReplayArguments } from './replay.js';
import type { RunArguments } from './run.js';
import type { StorageArguments } from './storage.js';
import type { TraceArguments } from './trace.js';
import type { WaveArguments } from './wave.js';

/**
 * The command line. Each command's code is loaded when it is called, so that `--help` answers at once.
 *
 * @returns the process's exit code
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.success;
  const program = createProgram((commandCode) => {
    code = commandCode;
  });
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what there is to say.
      return error.exitCode === 0 ? exitCodes.success : exitCodes.badInput;
    }
    const { reportFailure } = await import('./failure.js');
    return reportFailure(error);
  }
}

function createProgram(done: (code: number) => void): Command {
  const program = new Command('psconv')
    .description(
      'Cycle-level, functional simulator of edge accelerators that run convolutions with pre-defined periodic sparsity.',
    )
    .version(packageVersion())
    .configureHelp({ sortSubcommands: false })
    .exitOverride();

  program
    .command('run')
    .description('run a scenario and write its results')
    .argument('<scenario>', 'YAML file of kind scenario')
    .option('--out <folder>', 'where results are written (default: results/<scenario>)')
    .option('--json', 'print one machine-readable summary instead of the table')
    .option('--variants <names>', "these variants instead of the scenario's, separated by commas", list)
    .option('--storage <formats>', "store each variant in these formats instead of the scenario's", list)
    .option('--dataflow <names>', "run each variant in these dataflows instead of the scenario's", list)
    .addOption(precisionOption())
    .option('--layout <name>', 'how feature maps lie in DRAM: NCHW, NHWC, or blocks such as NCHW16c')
    .addOption(
      new Option('--execution <name>', 'how layers are carried out; estimate computes nothing').choices(
        executions,
      ),
    )
    .option('--layers <names>', 'report only these layers, separated by commas', list)
    .option('--seed <number>', 'replaces every seed of the scenario', wholeNumber)
    .option('--images <file>', "images of an .npy file, or of one in CIFAR-10's binary format")
    .option('--first <number>', 'number of the first image, from 0', wholeNumber)
    .option('--count <number>', 'how many images', positiveNumber)
    .option('--batch <number>', 'images that a layer takes together', positiveNumber)
    .option('--no-check', 'do not check outputs against TensorFlow.js')
    .action(async (file: string, options: RunArguments) => {
      const { run } = await import('./run.js');
      done(await run(file, options));
    });

  program
    .command('storage')
    .description("bytes of a scenario's weights, layer by layer, in every storage format")
    .argument('<scenario>', 'YAML file of kind scenario')
    .option('--formats <names>', 'these formats, separated by commas', list)
    .option('--variants <names>', "these variants instead of the scenario's, separated by commas", list)
    .addOption(precisionOption())
    .option('--layers <names>', 'only these layers, separated by commas', list)
    .option('--out <folder>', 'where storage.csv is written (default: results/<scenario>)')
    .option('--json', 'print one machine-readable summary instead of the tables')
    .action(async (file: string, options: StorageArguments) => {
      const { printStorage } = await import('./storage.js');
      await printStorage(file, options);
    });

  program
    .command('wave')
    .description('registers of the PE array, cycle by cycle, in one pass of a layer')
    .argument('<scenario>', 'YAML file of kind scenario')
    .requiredOption('--layer <name>', 'a convolution or fully connected layer')
    .option('--variant <name>', "this variant instead of the scenario's first")
    .option('--dataflow <name>', "this dataflow instead of the scenario's first")
    .option('--pass <number>', "number of the layer's pass, from 0", wholeNumber, 0)
    .option('--rows <range>', 'rows of PEs, such as 0-3', range)
    .option('--columns <range>', 'columns of PEs, such as 0-3', range)
    .option('--cycles <range>', 'cycles of the pass, such as 0-99', range)
    .option('--vcd <file>', 'write a value change dump, for GTKWave')
    .option('--text <file>', 'write the text trace to a file instead of the terminal')
    .action(async (file: string, options: WaveArguments) => {
      const { wave } = await import('./wave.js');
      await wave(file, options);
    });

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
    .description('run a trace of requests through a memory controller and its DRAM alone')
    .argument('<trace>', 'file of requests of DRAMsim3 or Ramulator 2, or of commands')
    .option('--part <name>', 'name or path of a DRAM part')
    .option('--accelerator <name>', 'name or path of an accelerator, whose DRAM and controller are taken')
    .option('--format <name>', 'form of the file, where its first line does not tell')
    .option('--channels <number>', 'channels', positiveNumber)
    .option('--ranks <number>', 'ranks of a channel', positiveNumber)
    .option('--map <fields>', 'address map from the top bits down, such as row-bank-column')
    .addOption(new Option('--scheduler <name>', 'which request goes first').choices(schedulers))
    .option('--window <number>', 'requests that the scheduler looks at', positiveNumber)
    .addOption(new Option('--page <policy>', 'when rows close').choices(pagePolicies))
    .option(
      '--page-timeout <clocks>',
      'clocks until an unused row closes, for --page timeout',
      positiveNumber,
    )
    .option('--max-row-hits <number>', 'hits that may pass a request for another row', positiveNumber)
    .addOption(new Option('--refresh <policy>', 'how rows are refreshed').choices(refreshPolicies))
    .option('--power-down <clocks>', 'idle clocks until a rank goes to power-down', positiveNumber)
    .option('--write-high <number>', 'waiting writes at which they are drained', positiveNumber)
    .option('--write-low <number>', 'waiting writes at which draining ends', wholeNumber)
    .option('--commands <file>', 'write the commands that the DRAM is given')
    .option('--commands-format <name>', 'commands, dramsim3-commands or ramulator2-commands', 'commands')
    .option('--json [file]', 'print one machine-readable summary instead of the table, or write it to a file')
    .action(async (file: string, options: ReplayArguments) => {
      const { replay } = await import('./replay.js');
      await replay(file, options);
    });

  program
    .command('networks')
    .description('list the networks that scenarios can name')
    .action(async () => {
      const { printNetworks } = await import('./networks.js');
      await printNetworks();
    });

  program
    .command('network')
    .description('about one network')
    .command('show')
    .description('shape, MACs and parameters of every layer, and the totals')
    .argument('<network>', 'name or path of a network')
    .action(async (reference: string) => {
      const { printNetwork } = await import('./networks.js');
      await printNetwork(reference);
    });

  program
    .command('variants')
    .description('list the sparsity variants that scenarios can name')
    .action(async () => {
      const { printVariants } = await import('./variants.js');
      await printVariants();
    });

  program
    .command('dataflows')
    .description('list the dataflows that accelerators and scenarios can name')
    .action(async () => {
      const { printDataflows } = await import('./dataflows.js');
      printDataflows();
    });

  program
    .command('validate')
    .description('check a YAML file, and what it refers to, without running anything')
    .argument('<file>', 'YAML file of any kind')
    .action(async (file: string) => {
      const { validate } = await import('./validate.js');
      await validate(file);
    });

  program
    .command('schema')
    .description('print the JSON Schema of a kind of YAML file, for editors')
    .argument('<kind>', 'scenario, network, accelerator, sparsity, energy-table or sram-table')
    .action(async (kind: string) => {
      const { printSchema } = await import('./schema.js');
      await printSchema(kind);
    });
  return program;
}

function precisionOption(): Option {
  const meaning = "of weights and feature maps, instead of the scenario's";
  return new Option('--precision <name>', meaning).choices(precisions);
}

function list(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('expected names separated by commas.');
  return [...new Set(names)];
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('expected a whole number from 0.');
  }
  return value;
}

function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('expected a positive whole number.');
  return value;
}

/** `3` or `0-7`, both ends included. */
function range(text: string): readonly [number, number] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('expected a number or a range such as 0-7.');
  const start = Number(match[1]);
  const end = match[2] === undefined ? start : Number(match[2]);
  if (end < start)
    throw new InvalidArgumentError(
      `expected a range that ends where it starts or later, such as ${start}-${start + 7}.`,
    );
  return [start, end];
}
