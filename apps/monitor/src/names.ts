import { BoundedNames, OTHER } from '@medserve/runtime';

/** How many of each kind have a label of their own in metrics; the rest are `other`. A model counts by version. */
const LIMITS = {
  model: 100,
  site: 100,
  scanner: 60,
  label: 500,
  tenant: 50,
  department: 200,
  task: 50,
  modality: 50,
} as const;

export type NameKind = keyof typeof LIMITS;

/** Places, which are a model at a site from a scanner, that are watched each for itself; the rest of a model's are one. */
const PLACES = 300;

export interface ModelName {
  readonly model: string;
  readonly version: string;
}

/** What is told apart. The first of each kind are, for good: what was kept is admitted first after a restart. */
export class Names {
  private readonly known = new Map<NameKind, BoundedNames>();
  private readonly places = new BoundedNames(PLACES);

  of(kind: NameKind, name: string): string {
    return this.namesOf(kind).of(name);
  }

  model(model: string, version: string): ModelName {
    const isOther = model === OTHER && version === '';
    const isKnown = !isOther && this.namesOf('model').admits(JSON.stringify([model, version]));
    return isKnown ? { model, version } : { model: OTHER, version: '' };
  }

  place(model: ModelName, site: string, scanner: string): { readonly site: string; readonly scanner: string } {
    const isOther = site === OTHER && scanner === OTHER;
    const isKnown = !isOther && this.places.admits(JSON.stringify([model.model, model.version, site, scanner]));
    return isKnown ? { site, scanner } : { site: OTHER, scanner: OTHER };
  }

  private namesOf(kind: NameKind): BoundedNames {
    let names = this.known.get(kind);
    if (names === undefined) this.known.set(kind, (names = new BoundedNames(LIMITS[kind])));
    return names;
  }
}
