import type { ListedModel } from './model-types';

/** All versions of one package, as the list shows them in one row. */
export interface ModelRow {
  readonly name: string;
  /** The version that the bare name stands for. */
  readonly standing: ListedModel;
  /** Newest first. */
  readonly versions: readonly ListedModel[];
}

export interface ModelGroup {
  /** Id of a modality; undefined: of models that take tensors only. */
  readonly modality: string | undefined;
  readonly rows: readonly ModelRow[];
}

/** Of the four of the first day, in the order in which people look for them; others follow by name. */
const ORDER = ['radiology', 'ct3d', 'mr3d', 'pathology', 'fundus', 'text', 'any'];

const rank = (modality: string | undefined): number => {
  if (modality === undefined) return ORDER.length + 1;
  const place = ORDER.indexOf(modality);
  return place === -1 ? ORDER.length : place;
};

/** Of a model of which no version was found, its name. */
const idOf = ({ name, version }: ListedModel): string => (version === '' ? name : `${name}:${version}`);

/** One row a package: adapters and names that stand for others are told on the page of the model that they belong to. */
export function rowsOf(models: readonly ListedModel[]): readonly ModelRow[] {
  const packages = models.filter((model) => model.id === idOf(model));
  return [...Map.groupBy(packages, ({ name }) => name)]
    .flatMap(([name, found]) => {
      const versions = found.toSorted((a, b) => Number(b.version) - Number(a.version));
      const standing = versions.find(({ isDefault }) => isDefault) ?? versions[0];
      return standing === undefined ? [] : [{ name, standing, versions }];
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** By modality; a model for several stands in each of their groups. */
export function groupModels(rows: readonly ModelRow[]): readonly ModelGroup[] {
  const groups = new Map<string | undefined, ModelRow[]>();
  for (const row of rows) {
    const modalities = new Set(row.standing.serves.map(({ modality }) => modality));
    for (const modality of modalities.size === 0 ? [undefined] : modalities) {
      const group = groups.get(modality);
      if (group === undefined) groups.set(modality, [row]);
      else group.push(row);
    }
  }
  return [...groups]
    .map(([modality, found]) => ({ modality, rows: found }))
    .toSorted((a, b) => rank(a.modality) - rank(b.modality) || (a.modality ?? '').localeCompare(b.modality ?? ''));
}

/** Without case and accents, so that `clasificacion` finds `Clasificación`. */
const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/**
 * The rows in which every word of the filter stands somewhere.
 *
 * @param wordsOf what a row says to its reader, in the reader's language
 */
export function filterRows(
  rows: readonly ModelRow[],
  filter: string,
  wordsOf: (row: ModelRow) => readonly string[],
): readonly ModelRow[] {
  const wanted = plain(filter).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const said = plain(wordsOf(row).join('\n'));
    return wanted.every((word) => said.includes(word));
  });
}
