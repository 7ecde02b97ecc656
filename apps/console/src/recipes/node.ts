import type { Place, RecipeAsk } from './ask';
import { json, quoted } from './quote';

/** For Node 20 and later, as a module (`ask.mjs`). */
export function node({ files, request, asJob }: RecipeAsk, { url }: Place): string {
  return `import { openAsBlob } from 'node:fs';
import { env, stdout, stderr } from 'node:process';

const platform = ${quoted(url)};
const headers = { authorization: \`Bearer \${env.MEDSERVE_KEY}\` };
const files = ${json(files)};
const request = ${json(request)};

async function call(path, options) {
  const response = await fetch(platform + path, { headers, ...options });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

const body = new FormData();
body.set('request', JSON.stringify(request));
for (const name of files) body.append('file', await openAsBlob(name), 'file');
${asJob ? AS_JOB : AT_ONCE}
stdout.write(\`\${JSON.stringify(answer, undefined, 2)}\\n\`);
`;
}

const AT_ONCE = `const { answer } = await (await call('/v1/infer', { method: 'POST', body })).json();`;

const AS_JOB = `const job = await (await call('/v1/jobs', { method: 'POST', body })).json();
for await (const events of (await call(job.events)).body) stderr.write(events);
const { answer } = await (await call(job.result)).json();`;
