import { homeAt, DEFAULT_HOME } from '../home/home';
import { ADDRESS_MINUTES } from './console-address';
import type { Ready } from '../home/ready';

/**
 * What a newcomer reads: where it is, the key of this run, and three commands to try.
 *
 * @param page an address that signs in; empty: the page is not built
 */
export function welcome({ url, grpc, key, home, dimse, aet, dicomweb }: Ready, page: string, tookMs: number): string {
  // The commands find the platform by its home, which goes without saying only where it is the default one.
  const onHome = home === homeAt(DEFAULT_HOME).root ? '' : ` --home '${home.replaceAll("'", String.raw`'\''`)}'`;
  return `
MedServe is ready (${(tookMs / 1000).toFixed(1)} s).

${page === '' ? '' : opened(page, onHome)}  HTTP   ${url}     API description: ${url}/openapi.json
  gRPC   ${grpc}            metrics: ${url}/metrics
  DICOM  ${dimse}            AE title ${aet}     DICOMweb: ${dicomweb}
  key    ${key}
  home   ${home}

Three things to try, in another terminal in this folder:

  npx medserve infer IMAGE.dcm${onHome}             ask about an image, or about all files of a series
  npx medserve models${onHome}                      what can be asked of which images
  curl -H "Authorization: Bearer ${key}" \\
       -H "Content-Type: application/dicom" --data-binary @IMAGE.dcm ${url}/v1/infer

Or send a study as a scanner does, and see what was made of it:

  storescu -aec ${aet} ${dimse.replace(':', ' ')} FOLDER +sd +r
  npx medserve studies${onHome}

Results go where --destination AET=HOST:PORT says, and stand at ${dicomweb}/studies.

Not for clinical use. The key works while this runs; Ctrl-C stops everything.
`;
}

const opened = (page: string, onHome: string): string => `  console  ${page}
           Open this in a browser within ${String(ADDRESS_MINUTES)} minutes; it signs in once. Another one: npx medserve console${onHome}

`;
