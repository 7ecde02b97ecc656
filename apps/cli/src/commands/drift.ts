import { Command } from 'commander';
import { withStorage } from '../home/with-storage';
import { homeOption, jsonOption } from '../options';
import { describeDrift } from './drift/describe-drift';
import { freezeModel, isOf, namedModel } from './drift/freeze';
import { readDrift } from './drift/read-drift';

interface DriftOptions {
  readonly model?: string;
  readonly home: string;
  readonly json: boolean;
}

export function driftCommand(): Command {
  return new Command('drift')
    .description('how models do now against how they did at first, by site and scanner')
    .option('--model <name>', 'name, or name:version; default: all')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
For each signal: the population stability index (PSI) and the Kolmogorov-Smirnov distance (KS) of the latest answers against the
first ones, and above what they are drift, by how many answers there are and how many signals are looked at. The bars show where the
latest answers fall among tenths of the first ones: half a bar each means that nothing has moved.

Examples:
  medserve drift                           all models
  medserve drift --model=organ-modality:1  one version
  medserve drift freeze organ-modality     its next answers are what later ones are compared with`,
    )
    .action(drift)
    .addCommand(freezeCommand());
}

function freezeCommand(): Command {
  return new Command('freeze')
    .description('forget the first answers of a model: the next ones are what later ones are compared with')
    .argument('<model>', 'name, or name:version; without a version all of them')
    .addOption(homeOption())
    .action(freeze);
}

async function drift({ model, home, json }: DriftOptions): Promise<void> {
  const wanted = model === undefined ? undefined : namedModel(model);
  const found = (await withStorage(home, ({ monitor }) => readDrift(monitor))).filter(
    (one) => wanted === undefined || isOf(wanted, one),
  );
  process.stdout.write(json ? `${JSON.stringify(found)}\n` : describeDrift(found));
}

/** `--home` is also an option of `drift`, which takes it wherever it stands. */
async function freeze(model: string, _: object, command: Command): Promise<void> {
  const { home } = command.optsWithGlobals<Pick<DriftOptions, 'home'>>();
  await withStorage(home, ({ monitor }) => freezeModel(monitor, model));
  process.stdout.write(`${model}: its next answers are what later ones are compared with\n`);
}
