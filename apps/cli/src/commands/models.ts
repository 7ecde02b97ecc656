import { Command } from 'commander';
import { Platform, type Target } from '../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../options';
import { approveCommand } from './models/approve';
import { defaultCommand } from './models/default';
import { keygenCommand } from './models/keygen';
import { signCommand } from './models/sign';
import { verifyCommand } from './models/verify';
import { publishCommand } from './publish';

interface Model {
  readonly id: string;
  /** Another than its id: that of a model which this name stands for. */
  readonly root?: string;
  readonly title: string;
  readonly state: string;
  readonly reason?: string;
  readonly signed: boolean;
  readonly signer?: string;
  readonly approver?: string;
  readonly source: string;
  readonly serves: readonly { readonly task: string; readonly modality: string; readonly default: boolean }[];
}

export function modelsCommand(): Command {
  return (
    new Command('models')
      .description(
        'the models on offer: what can be asked of which images; and how to publish, sign, approve and verify one, and choose versions',
      )
      .addOption(homeOption())
      .addOption(urlOption())
      .addOption(keyOption())
      .addOption(jsonOption())
      .addCommand(defaultCommand())
      .addCommand(publishCommand())
      .addCommand(keygenCommand())
      .addCommand(signCommand())
      .addCommand(approveCommand())
      .addCommand(verifyCommand())
      // Options that both have, such as --json, belong to the one they stand behind.
      .enablePositionalOptions()
      .action(async (options: Target & { readonly json: boolean }) => {
        const { models } = await new Platform(options).json<{ models: readonly Model[] }>('/v1/models');
        process.stdout.write(
          options.json
            ? `${JSON.stringify(models)}\n`
            : `${models.map(describe).join('\n')}\n\n* answers when a request names less\n`,
        );
      })
  );
}

const standing = ({ signed, signer, approver, source }: Model): string =>
  [
    signed ? `signed by ${signer ?? ''}${approver === undefined ? '' : `, approved by ${approver}`}` : 'not signed',
    ...(source === 'repository' ? [] : [`from a ${source}`]),
  ].join(', ');

function describe(model: Model): string {
  const { id, root, title, state, reason, serves } = model;
  // An alias or an adapter: what it stands for says the rest.
  if (root !== undefined && root !== id) return `${id.padEnd(22)} ${state.padEnd(8)} ${root}`;
  return `${id.padEnd(22)} ${state.padEnd(8)} ${asked(serves).padEnd(42)} ${title} (${standing(model)})${reason === undefined ? '' : `\n    ${reason}`}`;
}

/** `TASK, TASK MODALITY`; a star where the model answers when a request names less. */
function asked(serves: Model['serves']): string {
  const modalities = [...new Set(serves.map(({ modality }) => modality))];
  return modalities
    .map((modality) => {
      const tasks = serves.filter((serve) => serve.modality === modality);
      return `${tasks.map(({ task, default: isDefault }) => `${task}${isDefault ? '*' : ''}`).join(', ')} ${modality}`;
    })
    .join('; ');
}
