import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JobsController } from './jobs.controller';
import { PRINCIPAL } from '../testing/image-world';
import { JobRegistry } from './job-registry';
import { JobsElsewhere } from './jobs-elsewhere';

const ID = newEventId();
const ANSWER = { bytes: Buffer.from('{"id":"x"}'), contentType: 'application/json' };
const NOT_FOUND = new ServingError('not_found', 'There is no request with this id.');

/** The doors of a gateway that runs no job, beside one that runs `ID`, for as many looks as the test says. */
function setUp(looks: number) {
  const registry = new JobRegistry();
  let left = looks;
  const isOver = (): boolean => left <= 0;
  const ended = (_by: unknown, id: string) =>
    id === ID && isOver() ? Promise.resolve(ANSWER) : Promise.reject(NOT_FOUND);
  const results = { read: ended, ended };
  const elsewhere = new JobsElsewhere({
    store: {
      find: (_tenant, id) => {
        const state = isOver() ? 'completed' : 'accepted';
        left -= 1;
        return Promise.resolve(id === ID ? ({ id, state } as never) : undefined);
      },
    },
    results,
    now: () => 0,
    pause: () => Promise.resolve(),
  });
  const unused = undefined as never;
  const doors = new JobsController(unused, unused, registry, unused, results as never, unused, unused, elsewhere);
  const request = { principal: PRINCIPAL } as unknown as FastifyRequest;
  const events = async (id: string): Promise<string> => {
    const raw = Object.assign(new PassThrough(), { writeHead: () => undefined });
    const said = text(raw);
    await doors.events(id, request, { raw, hijack: () => undefined } as unknown as FastifyReply);
    return said;
  };
  return { registry, show: (id: string) => doors.show(id, request), events };
}

describe('the doors of jobs, at a gateway that does not run the job', () => {
  it('say that it runs, and once it has ended what it ended in', async () => {
    const { show } = setUp(1);
    expect(await show(ID)).toEqual({ id: ID, status: 'running', phase: 'accepted', percent: 1 });
    expect(await show(ID)).toEqual({ id: ID, status: 'completed', percent: 100, result: { id: 'x' } });
  });

  it('tell the end of it to who watches', async () => {
    const events = await setUp(3).events(ID);
    expect(events).toMatch(/^event: progress\ndata: \{"phase":"accepted","percent":1\}\n\n/);
    expect(events).toContain('event: completed\n');
  });

  it('say more of one that runs here', async () => {
    const { registry, show } = setUp(9);
    registry.start(ID, PRINCIPAL.tenant, new Promise(() => undefined));
    registry.report(ID, { phase: 'running', percent: 40 });
    expect(await show(ID)).toEqual({ id: ID, status: 'running', phase: 'running', percent: 40 });
  });

  it('know nothing of what is nobody’s', async () => {
    const { show, events } = setUp(9);
    await expect(show(newEventId())).rejects.toBe(NOT_FOUND);
    await expect(events(newEventId())).rejects.toBe(NOT_FOUND);
  });
});
