import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import canonicalize from 'canonicalize';
import { Sensitive, type RevealPurpose } from './sensitive';

const SECRET = 'P-4711-Okonkwo';
const sensitive = new Sensitive(SECRET);
/** As a compiler that was talked out of it sees it. */
const asText = sensitive as unknown as string;

describe('something sensitive', () => {
  it('is had by who says why', () => {
    expect(sensitive.reveal('reference')).toBe(SECRET);
    expect(() => sensitive.reveal('curiosity' as RevealPurpose)).toThrow(TypeError);
  });

  it('shows nothing of itself to people', () => {
    const texts = [
      String(sensitive),
      `about ${asText}`,
      'about ' + asText,
      sensitive.valueOf(),
      inspect(sensitive, { showHidden: true, depth: null, getters: true }),
      inspect({ deep: { down: [sensitive] } }, { depth: null }),
      inspect({ sensitive }, { customInspect: false, showHidden: true, depth: null, getters: true }),
      format('%s %o %O %j', sensitive, sensitive, sensitive, 'x'),
      new Error(`about ${asText}`).message,
      inspect(new Error('cause', { cause: sensitive })),
      Object.keys(sensitive).join(),
      JSON.stringify(Object.assign({}, sensitive)),
      [sensitive].join(),
      [sensitive, 'x'].toString(),
      Reflect.ownKeys(sensitive).join(),
    ];
    for (const text of texts) expect(text).not.toContain(SECRET);
  });

  it.each([
    ['JSON', () => JSON.stringify(sensitive)],
    ['JSON of what holds it', () => JSON.stringify({ order: { patients: [sensitive] } })],
    ['canonical JSON', () => canonicalize({ sensitive })],
    ['structured cloning', () => structuredClone({ sensitive })],
    ['the serialiser of V8', () => serialize({ sensitive })],
  ])('is refused by %s', (_name, write) => {
    expect(write).toThrow(/not written down|could not be cloned/);
  });

  it('is refused by the channel between threads', () => {
    const { port1, port2 } = new MessageChannel();
    expect(() => {
      port1.postMessage({ sensitive });
    }).toThrow(/could not be cloned/);
    port1.close();
    port2.close();
  });

  it('cannot be changed, nor lent another face', () => {
    expect(Object.isFrozen(sensitive)).toBe(true);
    expect(() => Object.assign(sensitive, { toJSON: () => SECRET })).toThrow(TypeError);
  });
});
