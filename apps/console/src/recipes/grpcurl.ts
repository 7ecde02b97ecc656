import type { Place, RecipeAsk } from './ask';
import { json, path, shell } from './quote';

/** Where `medserve up` listens for gRPC unless it is told otherwise. */
const USUAL_PORT = 8081;

/** For bash and zsh; the service tells grpcurl itself what its messages are. */
export function grpcurl({ files, request, asJob }: RecipeAsk, { url }: Place): string {
  const { hostname, protocol } = new URL(url);
  const { fallback, ...message } = request;
  const metadata = typeof fallback === 'string' ? [`-H ${shell(`medserve-fallback: ${fallback}`)}`] : [];
  const command = [
    'grpcurl',
    ...(protocol === 'https:' ? [] : ['-plaintext']),
    '-H "authorization: Bearer $MEDSERVE_KEY"',
    ...metadata,
    '-d @',
    `"\${MEDSERVE_GRPC:-${hostname}:${String(USUAL_PORT)}}"`,
    `medserve.v1.MedServe/${asJob ? 'InferStream' : 'Infer'}`,
  ];
  return [
    '{',
    `  printf %s ${shell(opened(json(asProto(message))))}`,
    `  separator=''`,
    `  for file in ${files.map((name) => shell(path(name))).join(' ')}; do`,
    `    printf '%s{"data":"' "$separator"`,
    String.raw`    base64 < "$file" | tr -d '\n'`,
    `    printf '"}'`,
    '    separator=,',
    '  done',
    `  printf ']}'`,
    `} | ${command.join(' ')} \\`,
    // The answer comes as bytes: the very JSON that POST /v1/infer would give.
    String.raw`  | sed -n 's/.*"answer": "\([^"]*\)".*/\1/p' | base64 -d`,
  ].join('\n');
}

/** The text of an object, up to where its files come. */
const opened = (text: string): string => (text === '{}' ? '{"files":[' : `${text.slice(0, -1)},"files":[`);

/** The request in the JSON form of protobuf (medserve.proto, InferRequest). */
function asProto({ class: urgency, ...rest }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return typeof urgency === 'string' ? { ...rest, requestClass: `REQUEST_CLASS_${urgency.toUpperCase()}` } : rest;
}
