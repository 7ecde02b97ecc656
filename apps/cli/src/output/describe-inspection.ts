import { table } from './table';

interface Model {
  readonly name: string;
  readonly version: string;
  readonly isDefault: boolean;
  readonly isWarm: boolean;
  readonly expectedLoadMs?: number;
}

/** What `POST /v1/inspect` says, as far as it is told here. */
export interface Inspection {
  readonly modality: {
    readonly served: string | null;
    readonly title: string | null;
    readonly why: string;
    readonly choices: readonly { readonly id: string; readonly title: string }[];
  };
  readonly image: {
    readonly kind: string;
    readonly columns: number;
    readonly rows: number;
    readonly slices: number;
    readonly spacingMm: { readonly x: number; readonly y: number; readonly z: number | null } | null;
    readonly orientation: { readonly x: string; readonly y: string; readonly z: string | null } | null;
  };
  readonly offers: readonly {
    readonly modality: string;
    readonly task: string;
    readonly question: string;
    readonly wantsPhrase: boolean;
    readonly isDefault: boolean;
    readonly models: readonly Model[];
  }[];
  readonly warnings: readonly string[];
}

/** What an image is, why, and what can be asked of it, as a person would rather read it. */
export function describeInspection({ modality, image, offers, warnings }: Inspection): string {
  const { served, title, why, choices } = modality;
  const choice = choices.map(({ id, title: words }) => `${id} (${words})`).join(', ');
  return [
    served === null ? 'Not known what this is.' : `${title ?? served} (${served})`,
    `  ${why}`,
    ...(choice === '' ? [] : [`  It may be declared with --modality: ${choice}`]),
    `  ${layoutOf(image)}`,
    ...warnings.map((warning) => `  warning: ${warning}`),
    '',
    offers.length === 0
      ? 'Nothing on offer can be asked of it.'
      : `${table(
          ['MODALITY', 'TASK', 'NEEDS', 'MODEL', 'READY'],
          offers.flatMap(rowsOf),
        )}\n\n* what answers when a request names less`,
  ].join('\n');
}

type Offer = Inspection['offers'][number];

const rowsOf = (offer: Offer): string[][] =>
  offer.models.map((model, index) => [
    index === 0 ? offer.modality : '',
    index === 0 ? `${offer.task}${offer.isDefault ? '*' : ''}` : '',
    index === 0 ? needsOf(offer) : '',
    `${model.name}:${model.version}${model.isDefault ? '*' : ''}`,
    readinessOf(model),
  ]);

const needsOf = ({ question, wantsPhrase }: Offer): string =>
  question === 'required' ? '--question' : wantsPhrase ? '--parameters' : '-';

const readinessOf = ({ isWarm, expectedLoadMs }: Model): string => {
  if (isWarm) return 'at once';
  return expectedLoadMs === undefined ? 'when loaded' : `in about ${(expectedLoadMs / 1000).toFixed(1)} s`;
};

const mm = (value: number): string => String(Number(value.toPrecision(4)));

function layoutOf({ columns, rows, slices, kind, spacingMm, orientation }: Inspection['image']): string {
  const size = [columns, rows, ...(kind === 'volume' ? [slices] : [])].join(' x ');
  const spacing = spacingMm === null ? [] : [spacingMm.x, spacingMm.y, spacingMm.z].filter((length) => length !== null);
  const letters = orientation === null ? [] : [orientation.x, orientation.y, orientation.z].filter((it) => it !== null);
  return [
    `${size} samples`,
    ...(spacing.length === 0 ? [] : [`${spacing.map(mm).join(' x ')} mm apart`]),
    ...(letters.length === 0 ? [] : [`growing towards ${letters.join(', ')}`]),
  ].join(', ');
}
