// Puts compressed copies beside the files of a built console, as nginx's gzip_static and brotli_static take them: done once, as small as
// can be, and no gateway spends a moment on it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const IS_TEXT = /\.(js|css|html|svg|json|wasm)$/;

const CODINGS = [
  ['.gz', (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION })],
  [
    '.br',
    (bytes) =>
      promisify(brotliCompress)(bytes, {
        params: {
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
  ],
];

/** Below this a copy is not worth a file: it fits into a packet as it is. */
const WORTH_BYTES = 1_024;

/** @param {string} folder as Vite wrote it */
export async function compressConsole(folder) {
  const paths = ['.', 'assets'].flatMap((name) =>
    readdirSync(join(folder, name), { withFileTypes: true })
      .filter((entry) => entry.isFile() && IS_TEXT.test(entry.name))
      .map((entry) => join(folder, name, entry.name)),
  );
  await Promise.all(
    paths.flatMap((path) => {
      const bytes = readFileSync(path);
      if (bytes.length < WORTH_BYTES) return [];
      return CODINGS.map(async ([ending, compress]) => {
        const smaller = await compress(bytes);
        if (smaller.length < bytes.length) writeFileSync(`${path}${ending}`, smaller);
      });
    }),
  );
}
