import { resolve } from 'node:path';
import { compareVersions, publish, readNpy, type ParityReport, type Published } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { Command, InvalidArgumentError, Option } from 'commander';
import { jsonOption } from '../options';
import { signFolder } from './models/sign';
import { passphraseOption } from './models/signing-key';
import { describeParity, describePublished, describeTensorsOnly } from '../output/describe-published';
import { ProgressBar } from '../output/progress-bar';

interface GivenInput {
  readonly name: string;
  readonly path: string;
}

interface PublishOptions {
  readonly into: string;
  readonly name?: string;
  readonly version?: string;
  readonly title?: string;
  readonly intendedUse?: string;
  readonly notFor?: string;
  readonly licence?: string;
  readonly optimise: boolean;
  readonly profile: boolean;
  readonly compare?: string;
  readonly sign?: string;
  readonly passphraseFile?: string;
  readonly input: readonly GivenInput[];
  readonly json: boolean;
}

function input(text: string, before: readonly GivenInput[]): GivenInput[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('an input is NAME=FILE.npy');
  return [...before, { name: text.slice(0, at), path: text.slice(at + 1) }];
}

export function publishCommand(): Command {
  return new Command('publish')
    .description('check a model, make it quick to load, measure its batches, and put it into a repository')
    .argument('<source>', "an .onnx file, a package (NAME/VERSION), or a model's folder in Triton's layout")
    .requiredOption('--into <dir>', 'the model repository; made where there is none')
    .option('--name <name>', 'default: that of the source')
    .option('--version <n>', 'default: that of the source, or the next one')
    .option('--title <text>', 'one line about it')
    .option('--intended-use <text>', 'what it may be used for')
    .option('--not-for <text>', 'what it must not be used for')
    .option('--licence <spdx>', 'such as Apache-2.0')
    .option('--no-optimise', 'do not make a file that loads quickly on this kind of processor')
    .option('--no-profile', 'do not measure how many rows a batch is worth')
    .option(
      '--compare <version>',
      'run it and this version of it on the same inputs, and report how far they are apart',
    )
    .addOption(
      new Option('--input <name=file.npy>', 'an input for --compare, repeatable')
        .argParser(input)
        .default([], 'random numbers'),
    )
    .option('--sign <key>', 'sign what was published with this private key, PEM; see "medserve models sign"')
    .addOption(passphraseOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A published version never changes: what is there already is refused, not overwritten. Serve the repository with
"medserve up --models DIR"; a running platform reads a model anew with POST /v2/repository/models/NAME/load.

  medserve models publish resnet.onnx --into ./models --licence BSD-3-Clause
  medserve models publish triton/chest_xray --into ./models --name chest-xray
  medserve models publish resnet-int8.onnx --into ./models --name resnet --version 2 --compare 1 --input image=batch.npy

A smaller model (int8) is made by the recipe that made the model, and published as a version of its own; --compare says what
that costs: the largest and the mean difference of each output, and how often the best class is the same.`,
    )
    .action(run);
}

/** An error that says what to do next; the platform's own remedies are for callers, not for who publishes. */
function explained(error: unknown): unknown {
  if (!(error instanceof ServingError)) return error;
  const remedy =
    error.reason === 'model_broken'
      ? 'Correct the model and publish it again; docs/adding-a-model.md says what is taken.'
      : error.remedy;
  return new Error(`${error.message}\nWhat to do: ${remedy}`, { cause: error });
}

async function run(source: string, options: PublishOptions): Promise<void> {
  const bar = new ProgressBar();
  try {
    const published = await publish({
      source: resolve(source),
      repository: resolve(options.into),
      name: options.name,
      version: options.version,
      words: wordsOf(options),
      withOptimised: options.optimise,
      withProfile: options.profile,
      told: (phase, percent) => {
        bar.show(phase, percent);
      },
    });
    const parity = options.compare === undefined ? undefined : await compare(published, options, options.compare);
    bar.clear();
    const signed = await signIf(published, options);
    tell(published, parity, options.json);
    if (signed !== undefined && !options.json) process.stdout.write(`${signed}\n`);
  } catch (error) {
    throw explained(error);
  } finally {
    bar.clear();
  }
}

const wordsOf = ({ title, intendedUse, notFor, licence }: PublishOptions) => ({ title, intendedUse, notFor, licence });

const signIf = async ({ modelPackage }: Published, { sign, ...options }: PublishOptions): Promise<string | undefined> =>
  sign === undefined ? undefined : signFolder(modelPackage.folder, { ...options, key: sign });

async function compare({ modelPackage }: Published, options: PublishOptions, other: string): Promise<ParityReport> {
  const { name, version } = modelPackage.manifest;
  const feeds = await Promise.all(options.input.map(({ name: tensor, path }) => readNpy(resolve(path), tensor)));
  return compareVersions({
    repository: resolve(options.into),
    name,
    version,
    with: other,
    feeds: feeds.length > 0 ? feeds : undefined,
  });
}

function tell(published: Published, parity: ParityReport | undefined, isJson: boolean): void {
  const { modelPackage, ...measured } = published;
  const { folder, digest, serving, manifest } = modelPackage;
  const text = isJson
    ? JSON.stringify({
        name: manifest.name,
        version: manifest.version,
        folder,
        digest,
        maxRows: serving.maxBatchSize,
        ...measured,
        parity,
      })
    : [describePublished(published), parity && describeParity(parity), describeTensorsOnly(modelPackage)]
        .filter((part) => part !== undefined)
        .join('\n\n');
  process.stdout.write(`${text}\n`);
}
