import type { ModelPackage, ParityReport, Published } from '@medserve/engines';

const MEBIBYTE = 2 ** 20;

type TensorSpec = ModelPackage['serving']['inputs'][number];

const tensor = ({ name, datatype, shape }: TensorSpec): string =>
  `${name} ${datatype} [${shape.map((size) => (size < 0 ? '?' : String(size))).join(', ')}]`;

const row = (title: string, text: string): string => `  ${title.padEnd(10)} ${text}`;

function batches({ modelPackage, profile, unmeasured }: Published): string[] {
  const { maxBatchSize, batching } = modelPackage.serving;
  const limit = batching ? `up to ${String(batching.maxRows ?? maxBatchSize)} rows run together` : 'requests run alone';
  const why = unmeasured === undefined ? '' : ` (not measured: ${unmeasured})`;
  return [
    row('batches', `${limit}${why}`),
    ...profile.map(({ rows, msPerRow }) =>
      row(
        '',
        `${String(rows).padStart(2)} rows: ${msPerRow.toPrecision(3)} ms a row, ${(1_000 / msPerRow).toFixed(0)} rows/s`,
      ),
    ),
  ];
}

/** What was found and made, as a person would rather read it. */
export function describePublished(published: Published): string {
  const { modelPackage, loadMs, optimisedLoadMs } = published;
  const { manifest, serving, stamps, digest, folder } = modelPackage;
  const bytes = stamps.reduce((sum, { size }) => sum + size, 0);
  const isUnstated = [manifest.intendedUse, manifest.notFor, manifest.licence].some((text) => text === 'Not stated.');
  return [
    `${manifest.name}:${manifest.version} is published in ${folder}`,
    row('takes', serving.inputs.map(tensor).join('; ')),
    row('gives', serving.outputs.map(tensor).join('; ')),
    row('files', `${String(stamps.length)}, ${(bytes / MEBIBYTE).toFixed(1)} MiB, ${digest.slice(0, 19)}…`),
    row(
      'loads in',
      optimisedLoadMs === undefined
        ? `${loadMs.toFixed(0)} ms`
        : `${optimisedLoadMs.toFixed(0)} ms here, ${loadMs.toFixed(0)} ms on other processors`,
    ),
    ...batches(published),
    ...(isUnstated ? ['What it is for, what it is not for, or its licence is not stated: say it in model.yaml.'] : []),
  ].join('\n');
}

/** What to do next with a model that nobody has told what images are to it; undefined: it does tasks. */
export function describeTensorsOnly({ manifest }: ModelPackage): string | undefined {
  if (manifest.serves.length > 0) return undefined;
  return [
    `It takes tensors only: ask it with POST /v2/models/${manifest.name}/infer, or over gRPC.`,
    'To have it answer about images, add serves, inputs and read to its model.yaml (docs/adding-a-model.md),',
    'and publish that folder as a further version, with --version.',
  ].join('\n');
}

const figure = (value: number): string => (value === 0 ? '0' : value.toExponential(2));

export function describeParity({ version, comparedWith, inputs, outputs }: ParityReport): string {
  return [
    `version ${version} against version ${comparedWith}, on ${inputs} inputs`,
    ...outputs.map(({ name, maxAbsDifference, meanAbsDifference, top1Agreement }) => {
      const agreement =
        top1Agreement === undefined ? '' : `, best class the same in ${(100 * top1Agreement).toFixed(1)} %`;
      return row(
        name,
        `differs by at most ${figure(maxAbsDifference)}, ${figure(meanAbsDifference)} on average${agreement}`,
      );
    }),
    ...(inputs === 'random'
      ? ['Random inputs show that both compute the same, not how well: give real ones with --input.']
      : []),
  ].join('\n');
}
