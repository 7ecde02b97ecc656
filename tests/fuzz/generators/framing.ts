import type { Draw } from '../support/draw';

const PATHS = [
  '/',
  '/livez',
  '/v1/infer',
  '/v1/models',
  '/%61dmin',
  '/v1/%69nfer',
  '//v1/models',
  '/v1/../metrics',
  '/v1/models?a=b#c',
  '*',
  'http://a/v1/models',
  '/v2/models/x/infer',
  '/\u0001',
  '/%',
  '/%ff%fe',
  `/${'a'.repeat(20_000)}`,
];
const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS', 'get', 'CONNECT', 'TRACE', 'PRI', 'G\u0000T', 'M-SEARCH', ''];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', 'HTTP/1.1 x', ''];

const HEADERS: ((draw: Draw) => string)[] = [
  () => 'Host: a',
  () => 'Host: a\r\nHost: b',
  () => 'Content-Length: 5',
  () => 'Content-Length: -1',
  () => 'Content-Length: 5\r\nContent-Length: 6',
  () => 'Content-Length: 99999999999999999999',
  () => 'Content-Length: 0x5',
  () => 'Transfer-Encoding: chunked',
  () => 'Transfer-Encoding: chunked\r\nContent-Length: 3',
  () => 'Transfer-Encoding: gzip, chunked',
  () => 'Transfer-Encoding: xchunked',
  () => 'Transfer-Encoding : chunked',
  () => 'Content-Type: application/json',
  () => 'Content-Type: application/json\t; a=b',
  () => 'Content-Encoding: gzip',
  () => 'Content-Encoding: gzip, gzip, deflate, br',
  () => 'Expect: 100-continue',
  () => 'Expect: 200-ok',
  () => 'Connection: upgrade\r\nUpgrade: h2c',
  () => 'Connection: keep-alive, close',
  () => ' folded: yes',
  () => 'a:b\r\n c',
  () => 'no colon',
  () => 'name\u0000: b',
  () => 'Authorization: Bearer x',
  () => `Authorization: Bearer ${'x'.repeat(16_000)}`,
  () => `X: ${'x'.repeat(20_000)}`,
  (draw) => Array.from({ length: 50 + draw.below(3_000) }, (_, at) => `x-${String(at)}: 1`).join('\r\n'),
  (draw) => draw.bytes(1 + draw.below(60)).toString('latin1'),
];

const BODIES: ((draw: Draw) => string)[] = [
  () => '',
  () => 'hello',
  () => '5\r\nhello\r\n0\r\n\r\n',
  () => '5\r\nhel',
  () => 'FFFFFFFFFFFFFFFF\r\n',
  () => '-5\r\nhello\r\n',
  () => '5;ext="a\r\n',
  () => '5\nhello\n0\n\n',
  () => '0\r\nTrailer: a\r\n\r\n',
  () => `${'0'.repeat(1_000)}5\r\nhello\r\n0\r\n\r\n`,
  (draw) => draw.bytes(draw.below(400)).toString('latin1'),
  () => 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n',
];

const LINE_ENDS = ['\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n'];

/** Bytes for an HTTP/1.1 port, most of them no HTTP: lengths that contradict each other, floods of headers, odd lines. */
export function httpBytes(draw: Draw, key: string): Buffer {
  const end = draw.pick(LINE_ENDS);
  const line = [draw.pick(METHODS), draw.pick(PATHS), draw.pick(VERSIONS)].join(draw.chance(0.9) ? ' ' : '\t');
  const headers = Array.from({ length: draw.below(6) }, () => draw.pick(HEADERS)(draw));
  if (draw.chance(0.7)) headers.unshift('Host: localhost');
  if (draw.chance(0.5)) headers.push(`Authorization: Bearer ${key}`);
  const text = [line, ...headers, '', draw.pick(BODIES)(draw)].join(end);
  return Buffer.from(draw.chance(0.15) ? text.slice(0, draw.below(text.length)) : text, 'latin1');
}
