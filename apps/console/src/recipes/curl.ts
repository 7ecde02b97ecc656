import type { Place, RecipeAsk } from './ask';
import { json, path, shell } from './quote';

const OPTIONS = 'curl --silent --show-error --fail-with-body';
const KEY = '-H "Authorization: Bearer $MEDSERVE_KEY"';

/** For bash and zsh, with the key in `MEDSERVE_KEY`. */
export function curl(ask: RecipeAsk, { url }: Place): string {
  if (!ask.asJob) return sending(ask, `${url}/v1/infer`);
  const job = sending(ask, `${url}/v1/jobs`);
  return [
    `job=$(${job} \\`,
    // What is refused says why, and then there is no job to follow.
    String.raw`  | tee >(cat >&2) | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')`,
    `[ -n "$job" ] && ${OPTIONS} --no-buffer ${KEY} \\`,
    `  ${shell(url)}"/v1/jobs/$job/events" >&2 && ${OPTIONS} ${KEY} \\`,
    `  ${shell(url)}"/v1/results/$job"`,
  ].join('\n');
}

function sending({ files, request }: RecipeAsk, address: string): string {
  return [
    OPTIONS,
    KEY,
    // Taken as it is: in a usual field a semicolon would begin an attribute.
    `--form-string ${shell(`request=${json(request)}`)}`,
    ...files.map((name) => `-F ${shell(`file=@${quotedForForm(path(name))}`)}`),
    shell(address),
  ].join(' \\\n  ');
}

/** curl reads commas and semicolons in a name unless it is in quotes. */
const quotedForForm = (name: string): string => `"${name.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`;
