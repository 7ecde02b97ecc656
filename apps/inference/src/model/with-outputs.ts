import type { Session, TensorSpec } from '@medserve/engines';

/**
 * A session that gives the outputs which are served, and no others: a package may leave some of its graph's out. What nobody can
 * ask for is not computed, and has no say in whether there are rows.
 *
 * @param served none: nobody knew them before the model was loaded, and all are.
 */
export function withOutputs(session: Session, served: readonly TensorSpec[]): Session {
  const names = new Set(served.map(({ name }) => name));
  const outputs = session.outputs.filter(({ name }) => names.has(name));
  if (outputs.length === 0 || outputs.length === session.outputs.length) return session;
  const all = outputs.map(({ name }) => name);
  return {
    inputs: session.inputs,
    outputs,
    run: (feeds, wanted = all) => session.run(feeds, wanted),
    close: () => session.close(),
  };
}
