import { homeAt, DEFAULT_HOME } from '../home/home';
import type { Ready } from './ready';

/** What a newcomer reads: where it is, the key of this run, and three commands to try. */
export function welcome({ url, grpc, key, home }: Ready, tookMs: number): string {
  // The commands find the platform by its home, which goes without saying only where it is the default one.
  const onHome = home === homeAt(DEFAULT_HOME).root ? '' : ` --home '${home.replaceAll("'", String.raw`'\''`)}'`;
  return `
MedServe is ready (${(tookMs / 1000).toFixed(1)} s).

  HTTP   ${url}     API description: ${url}/openapi.json
  gRPC   ${grpc}            metrics: ${url}/metrics
  key    ${key}
  home   ${home}

Three things to try, in another terminal in this folder:

  npx medserve infer IMAGE.dcm${onHome}             ask about an image, or about all files of a series
  npx medserve models${onHome}                      what can be asked of which images
  curl -H "Authorization: Bearer ${key}" \\
       -H "Content-Type: application/dicom" --data-binary @IMAGE.dcm ${url}/v1/infer

Not for clinical use. The key works while this runs; Ctrl-C stops everything.
`;
}
