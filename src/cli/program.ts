import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { packageVersion } from '../document/package.js';
import { transistorFlavours } from '../energy/scaling/operatingPoint.js';
import { sensitivityMetrics } from '../energy/sensitivityMetric.js';
import { executions, kernelNames } from '../scenario/execution.js';
import { mappingObjectives } from '../scenario/objective.js';
import { precisions } from '../tensor/precision.js';
import { addAccelergyCommands } from './accelergyCommands.js';
import { breakdownList } from './breakdownList.js';
import { addCacheCommands } from './cacheCommands.js';
import { addDramCommands } from './dramCommands.js';
import { exitCodes } from './exitCodes.js';
import { addExplainCommand } from './explainCommand.js';
import { positiveNumber, range, share, wholeNumber } from './numbers.js';
import type { MapArguments } from './map.js';
import type { RunArguments } from './run.js';
import type { ScaleArguments } from './scale.js';
import { addSearchOptions } from './searchOptions.js';
import type { SearchArguments } from './searchOptions.js';
import type { SensitivityArguments } from './sensitivity.js';
import type { StorageArguments } from './storage.js';
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

  const runCommand = program
    .command('run')
    .description('run a scenario and write its results')
    .argument('<scenario>', 'YAML file of kind scenario')
    .option('--out <folder>', 'where results are written (default: results/<scenario>)')
    .option('--json', 'print one machine-readable summary instead of the table')
    .option(
      '--breakdown <names>',
      'also print tables of energy by layer and component, level or tensor, or of area; not with --json',
      breakdownList,
    )
    .option('--variants <names>', "these variants instead of the scenario's, separated by commas", list)
    .option('--storage <formats>', "store each variant in these formats instead of the scenario's", list)
    .option('--dataflow <names>', "run each variant in these dataflows instead of the scenario's", list)
    .option('--dram <name>', "this DRAM, by name or path, instead of the accelerator's")
    .addOption(precisionOption())
    .option('--layout <name>', 'how feature maps lie in DRAM: NCHW, NHWC, or blocks such as NCHW16c')
    .addOption(
      new Option('--execution <name>', 'how layers are carried out; estimate computes nothing').choices(
        executions,
      ),
    )
    .addOption(
      new Option('--kernel <name>', 'compiled kernels, or the plain TypeScript that defines them').choices(
        kernelNames,
      ),
    )
    .option('--layers <names>', 'report only these layers, separated by commas', list)
    .option('--seed <number>', 'replaces every seed of the scenario', wholeNumber)
    .option('--images <file>', "images of an .npy file, or of one in CIFAR-10's binary format")
    .option('--first <number>', 'number of the first image, from 0', wholeNumber)
    .option('--count <number>', 'how many images', positiveNumber)
    .option('--batch <number>', 'images that a layer takes together', positiveNumber)
    .option('--no-check', 'do not check outputs against TensorFlow.js');
  addSearchOptions(runCommand)
    .option('--no-cache', 'search for all mappings anew, and keep none (see psconv cache)')
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
    .command('sensitivity')
    .description("how far a scenario's savings depend on each figure of its energy tables")
    .argument('<scenario>', 'YAML file of kind scenario')
    .option('--by <share>', 'change figures by this share of themselves', share, 0.2)
    .addOption(
      new Option('--metric <name>', 'what of dense and variant is compared')
        .choices(sensitivityMetrics)
        .default('energy'),
    )
    .option('--variants <names>', "these variants instead of the scenario's, separated by commas", list)
    .option('--storage <formats>', "store each variant in these formats instead of the scenario's", list)
    .option('--dataflow <names>', "run each variant in these dataflows instead of the scenario's", list)
    .option('--dram <name>', "this DRAM, by name or path, instead of the accelerator's")
    .option('--layers <names>', 'only these layers, separated by commas', list)
    .option('--top <number>', 'figures shown of each variant', positiveNumber, 12)
    .option('--out <folder>', 'where sensitivity.csv is written (default: results/<scenario>)')
    .option('--json', 'print one machine-readable summary instead of the tables')
    .action(async (file: string, options: SensitivityArguments) => {
      const { printSensitivity } = await import('./sensitivity.js');
      await printSensitivity(file, options);
    });

  addExplainCommand(program, list);

  const mapCommand = program
    .command('map')
    .description("loop nests of a scenario's layers, what each level does, and mapping files")
    .argument('<scenario>', 'YAML file of kind scenario')
    .option('--layer <name>', 'only this layer; may be given more than once', gather)
    .option('--variants <names>', "these variants instead of the scenario's, separated by commas", list)
    .option('--storage <formats>', "store each variant in these formats instead of the scenario's", list)
    .option('--dataflow <names>', "map each variant in these dataflows instead of the scenario's", list)
    .addOption(
      new Option('--objective <name>', "what mappings are searched for, instead of the scenario's").choices(
        mappingObjectives,
      ),
    );
  addSearchOptions(mapCommand)
    .option('--out <file>', 'write the mappings to a file that a scenario can name')
    .option('--force', 'replace that file if it is there already')
    .option('--json', 'print one machine-readable summary instead of the loop nests')
    .action(async (file: string, options: MapArguments) => {
      const { map } = await import('./map.js');
      await map(file, options);
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

  addDramCommands(program, done);
  addAccelergyCommands(program);
  addCacheCommands(program);

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
    .command('scale')
    .description('what to multiply energy, delay, power and area with between two nodes and supply voltages')
    .requiredOption('--from <point>', 'node and supply, such as "65 nm @ 1.3 V"')
    .requiredOption('--to <point>', 'node and supply, such as "32 nm @ 0.9 V"')
    .addOption(
      new Option('--flavour <name>', 'transistors of high performance or low power, told apart below 65 nm')
        .choices(transistorFlavours)
        .default('hp'),
    )
    .option('--json', 'print one machine-readable summary instead of the table')
    .action(async (options: ScaleArguments) => {
      const { printScaling } = await import('./scale.js');
      printScaling(options);
    });

  const validateCommand = program
    .command('validate')
    .description('check a YAML file, and what it refers to, without running anything')
    .argument('<file>', 'YAML file of any kind');
  addSearchOptions(validateCommand).action(async (file: string, options: SearchArguments) => {
    const { validate } = await import('./validate.js');
    await validate(file, options);
  });

  program
    .command('schema')
    .description('print the JSON Schema of a kind of YAML file, for editors')
    .argument('<kind>', 'scenario, network, accelerator, dram, sparsity, mapping, energy-table or sram-table')
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

function gather(name: string, before: readonly string[] = []): string[] {
  return [...new Set([...before, name])];
}

function list(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('expected names separated by commas.');
  return [...new Set(names)];
}
