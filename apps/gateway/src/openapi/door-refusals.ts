interface Operation {
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

/**
 * What the door refuses whatever the operation is, in the form that its other refusals have: a path or a body that is not well formed (400),
 * a body in a coding or of a type that is none (415).
 */
export const withDoorRefusals = <T extends object>(paths: T): T =>
  Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item as Readonly<Record<string, Operation>>).map(([method, operation]) => [
          method,
          { ...operation, responses: { ...doorRefusals(operation), ...operation.responses } },
        ]),
      ),
    ]),
  ) as T;

function doorRefusals({ parameters = [], requestBody, responses }: Operation): Readonly<Record<string, unknown>> {
  const likeBody = requestBody === undefined ? undefined : responses['413'];
  const likePath = parameters.some((parameter) => parameter.in === 'path') ? responses['404'] : undefined;
  const malformed = likeBody ?? likePath;
  return {
    ...(malformed === undefined ? {} : { '400': malformed }),
    ...(likeBody === undefined ? {} : { '415': likeBody }),
  };
}
