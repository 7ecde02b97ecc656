import { Command } from 'commander';
import { Platform, type Target } from '../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../options';
import { publishCommand } from './publish';

interface Model {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly reason?: string;
  readonly serves: readonly { readonly task: string; readonly modality: string; readonly default: boolean }[];
}

export function modelsCommand(): Command {
  return (
    new Command('models')
      .description('the models on offer: what can be asked of which images; and how to publish one')
      .addOption(homeOption())
      .addOption(urlOption())
      .addOption(keyOption())
      .addOption(jsonOption())
      .addCommand(publishCommand())
      // Options that both have, such as --json, belong to the one they stand behind.
      .enablePositionalOptions()
      .action(async (options: Target & { readonly json: boolean }) => {
        const { models } = await new Platform(options).json<{ models: readonly Model[] }>('/v1/models');
        process.stdout.write(options.json ? `${JSON.stringify(models)}\n` : `${models.map(describe).join('\n')}\n`);
      })
  );
}

function describe({ id, title, state, reason, serves }: Model): string {
  const asked = serves
    .map(({ task, modality, default: isDefault }) => `${task} ${modality}${isDefault ? ' (default)' : ''}`)
    .join(', ');
  return `${id.padEnd(22)} ${state.padEnd(8)} ${asked.padEnd(30)} ${title}${reason === undefined ? '' : `\n    ${reason}`}`;
}
