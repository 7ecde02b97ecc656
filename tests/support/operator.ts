import { medserve, saidBy } from './platform';

/** What an operator does at the command line of a home whose database is elsewhere. */
export interface OperatedHome {
  readonly home: string;
  readonly databaseUrl: string;
}

async function asked({ databaseUrl, home }: OperatedHome, parameters: readonly string[]): Promise<string> {
  const said = await saidBy(
    medserve([...parameters, '--json', '--home', home], { MEDSERVE_DATABASE_URL: databaseUrl }),
  );
  if (said.stdout === '') throw new Error(`medserve ${parameters.slice(0, 2).join(' ')}: ${said.stderr}`);
  return said.stdout;
}

/** A new API key with these scopes. */
export async function mintKey(of: OperatedHome, label: string, scopes: readonly string[]): Promise<string> {
  const parameters = scopes.flatMap((scope) => ['--scope', scope]);
  const said = await asked(of, ['keys', 'create', '--label', label, ...parameters]);
  return (JSON.parse(said) as { key: string }).key;
}

/** What `medserve audit verify` finds, be it well or not. */
export const verifyAudit = async (of: OperatedHome): Promise<unknown> =>
  JSON.parse(await asked(of, ['audit', 'verify'])) as unknown;
