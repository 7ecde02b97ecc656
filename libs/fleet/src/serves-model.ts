/** Whether a pool that names its models like this serves one: `name:version`, `name` for all its versions, `*` for all. */
export const servesModel = (
  models: readonly string[],
  { name, version }: { readonly name: string; readonly version: string },
): boolean => models.some((pattern) => pattern === '*' || pattern === name || pattern === `${name}:${version}`);
