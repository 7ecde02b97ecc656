import { Command } from 'commander';
import { imageForm } from '../client/image-form';
import { Platform, type Target } from '../client/platform';
import { homeOption, jsonObject, jsonOption, keyOption, urlOption } from '../options';
import { describeInspection, type Inspection } from '../output/describe-inspection';

interface InspectOptions extends Target {
  readonly modality?: string;
  readonly task?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly allowMismatch: boolean;
  readonly json: boolean;
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('what an image is, why, and what could be asked of it; nothing is run on it and nothing is kept')
    .argument(
      '<file...>',
      'DICOM, NIfTI, PNG, JPEG or TIFF, or a folder of them; several files that form one series are one volume',
    )
    .option('--modality <modality>', 'what was imaged, where the file does not say it')
    .option('--task <task>', 'tell of this task only')
    .option('--parameters <json>', 'what of it is looked at, such as {"view": {"frame": 2}}', jsonObject)
    .option('--allow-mismatch', 'although the declared modality is not the detected one', false)
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(inspect);
}

async function inspect(files: readonly string[], options: InspectOptions): Promise<void> {
  const { modality, task, parameters, allowMismatch } = options;
  const body = await imageForm(files, { modality, task, parameters, allowMismatch });
  const text = await (await new Platform(options).call('/v1/inspect', { method: 'POST', body })).text();
  process.stdout.write(`${options.json ? text : describeInspection(JSON.parse(text) as Inspection)}\n`);
}
