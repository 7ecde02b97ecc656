import { readFileSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { join } from 'node:path';

/** Whether a URL of loopback answers with 200; with `certificates`, as that user of them over TLS. */
export function answers(url, certificates, user = 'admin') {
  const pem = (name) => readFileSync(join(certificates, name));
  const options =
    certificates === undefined ? {} : { ca: pem('ca.crt'), cert: pem(`${user}.crt`), key: pem(`${user}.key`) };
  return new Promise((resolve) => {
    const request = (url.startsWith('https:') ? getSecure : getPlain)(
      url,
      { ...options, timeout: 2_000 },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
