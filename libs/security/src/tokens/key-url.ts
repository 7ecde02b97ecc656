const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address at which an operator says that keys are published. Only such addresses are ever asked: nothing in a token can
 * name one.
 *
 * @throws Error that says what an operator has to change
 */
export function keyUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new Error('the address of the keys is not a URL');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.has(url.hostname))) {
    throw new Error('the address of the keys has to be https:// (http:// on this machine only)');
  }
  if (url.username !== '' || url.password !== '') throw new Error('the address of the keys holds a password');
  if (url.hash !== '') throw new Error('the address of the keys has a fragment, which nobody would send');
  return url;
}
