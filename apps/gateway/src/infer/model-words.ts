/** A model as a caller names it: `name` or `name:version`. */
export interface ModelWords {
  readonly name: string;
  readonly version?: string | undefined;
}

export function parseModel(model: string | undefined): ModelWords | undefined {
  if (model === undefined) return undefined;
  const colon = model.lastIndexOf(':');
  return colon === -1 ? { name: model } : { name: model.slice(0, colon), version: model.slice(colon + 1) };
}

/** A member only where there is a value: `exactOptionalPropertyTypes` tells absent from undefined. */
export function optional<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]: V });
}
