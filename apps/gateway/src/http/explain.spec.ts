import { validateHeaderValue } from 'node:http';
import type { FastifyReply } from 'fastify';
import { tellDecision } from './explain';

describe('how the router chose, beside an answer', () => {
  it('is JSON that a header can hold, whatever models are called', () => {
    const headers = new Map<string, string>();
    const reply = {
      header: (name: string, value: string) => {
        headers.set(name, value);
      },
    } as unknown as Pick<FastifyReply, 'header'>;
    const decision = { model: 'r\u00e9seau \u0439 \u{1f600}' };
    tellDecision(reply, JSON.stringify(decision));
    const value = headers.get('x-medserve-decision') ?? '';
    expect(() => {
      validateHeaderValue('x-medserve-decision', value);
    }).not.toThrow();
    expect(JSON.parse(value)).toEqual(decision);
  });
});
