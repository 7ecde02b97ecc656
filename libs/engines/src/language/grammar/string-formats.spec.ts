import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { z } from 'zod';
import type { PatternText } from './pattern-text';
import { FORMATS, formatText, type StringFormat as Format } from './string-formats';
import { NO } from './terminal';

const PRINTABLE = Array.from({ length: 0x5f }, (_, at) => 0x20 + at);
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i;

/** Of any length: that of a whole name is not counted. */
const isHost = (text: string): boolean => text.split('.').every((label) => LABEL.test(label));

function isEmail(text: string): boolean {
  const [local = '', host = ''] = text.split('@');
  return local !== '' && isHost(host) && z.email().safeParse(text).success;
}

/** Whether a text is of a format, by others than the patterns. */
const CHECKS: Readonly<Record<Format, (text: string) => boolean>> = {
  date: (text) => z.iso.date().safeParse(text).success,
  time: (text) => z.iso.datetime({ offset: true }).safeParse(`2026-01-01T${text}`).success,
  'date-time': (text) => z.iso.datetime({ offset: true }).safeParse(text).success,
  duration: (text) => z.iso.duration().safeParse(text).success,
  email: isEmail,
  hostname: isHost,
  ipv4: isIPv4,
  ipv6: isIPv6,
  uri: (text) => /^[a-z][^:]*:./i.test(text) && !/[^\x21-\x7e]|["<>\\^`{|}]|%(?![\da-f]{2})/i.test(text),
  uuid: (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text),
};

/** A text that is written by choosing among the bytes that may follow, and closed as soon as it may be once nothing is left to choose. */
function write(terminal: PatternText, choices: readonly number[]): string {
  let text = '';
  let state = terminal.step(terminal.start, 0x22);
  for (let at = 0; ; at += 1) {
    const ways = PRINTABLE.map((byte) => ({ byte, to: terminal.step(state, byte) })).filter(({ to }) => to !== NO);
    const least = Math.min(...ways.map(({ to }) => terminal.cost(to)));
    const choice = choices[at];
    const open = ways.filter(({ to }) => (choice === undefined ? terminal.cost(to) === least : !terminal.ended(to)));
    const chosen = open[(choice ?? 0) % Math.max(1, open.length)];
    if (chosen === undefined || terminal.ended(chosen.to)) return text;
    text += String.fromCharCode(chosen.byte);
    state = chosen.to;
  }
}

const terminals = new Map((Object.keys(FORMATS) as Format[]).map((format) => [format, formatText(format).text]));

function fits(format: Format, text: string): boolean {
  const terminal = terminals.get(format)!;
  let state = terminal.start;
  for (const byte of Buffer.from(`"${text}"`)) {
    state = terminal.step(state, byte);
    if (state === NO) return false;
  }
  return terminal.accepts(state);
}

describe('the formats of texts', () => {
  it.each([...terminals])('let through as %s nothing that is none', (format, terminal) => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 300, size: 'max' }), (choices) => {
        const text = write(terminal, choices);
        if (!CHECKS[format](text)) throw new Error(text);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[Format, readonly string[], readonly string[]]>([
    ['duration', ['P3Y6M4DT12H30M5S', 'PT20M', 'P2W', 'P1D'], ['P', 'PT', 'P1DT', '1D', 'P1W2D', 'PT1D']],
    [
      'email',
      [
        "pat.o'neill+x@mail.example.org",
        'a@b.de',
        'j.smith@mail.dept.university.ac.uk',
        'a@radiology.royal.hospital.nhs.uk',
        '_x-@xn--bcher-kva.example',
      ],
      ['a', '@b.de', 'a@b', 'a..b@c.de', '.a@c.de', 'a@-b.de', 'a@b.c', 'a@b.12', 'a b@c.de'],
    ],
    [
      'hostname',
      [
        'localhost',
        'pacs-1.example.org',
        'xn--bcher-kva.example',
        'www.universitaetsklinikumhamburgeppendorf.de',
        'pacs.radiology.svc.cluster.local.example.org',
        `${'a'.repeat(63)}.de`,
      ],
      ['', 'a..b', '-a', 'a-', 'a-.b', 'a_b', '.a', 'a b', `${'a'.repeat(64)}.de`],
    ],
    ['ipv4', ['127.0.0.1', '255.255.255.255'], ['256.0.0.1', '1.2.3', '01.2.3.4', '1.2.3.4.5']],
    [
      'ipv6',
      ['::', '::1', '2001:db8::ff00:42:8329', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8'],
      [':', '1::2::3', '1:2:3:4:5:6:7', '12345::', '1:2:3:4:5:6:7:8:9', ':1'],
    ],
    [
      'uri',
      [
        'https://example.org',
        'http://127.0.0.1:8080/a%20b/?q=1&r=/#x',
        'urn:oid:1.2.840.10008',
        'http://[::1]:8042/',
        's3://bucket/key',
        'mailto:a@b.de',
        'https://h:65535/x',
      ],
      ['example.org', '/a', 'https:', '1a:b', 'https://a b', 'https://a/%zz', 'https://a/<b>', 'https://ä.de'],
    ],
  ])('know a %s', (format, good, bad) => {
    expect(good.filter((text) => !fits(format, text))).toEqual([]);
    expect(bad.filter((text) => fits(format, text))).toEqual([]);
    expect(good.filter((text) => !CHECKS[format](text))).toEqual([]);
  });
});
