import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type {
  ListedStudy,
  OrderOutcome,
  StudyPlace,
  StudyQuestion,
  Studies as StoredStudies,
  TellOf,
} from '@medserve/storage';
import type { Deed } from '../activities/activities';
import { parseWith } from '../http/parse-with';
import { Studies, studiesQuery } from './studies';

const BY: Principal = { id: 'key-1', kind: 'key', tenant: 'north', scopes: new Set(['infer']) };

const listed = (studyUid: string): ListedStudy =>
  ({ studyUid, generation: 1, state: 'exported', receivedAt: new Date(1_000) }) as ListedStudy;

function rig({ found = [] as ListedStudy[], outcome }: { found?: ListedStudy[]; outcome?: OrderOutcome } = {}) {
  const questions: StudyQuestion[] = [];
  const told: Deed[] = [];
  let woken = 0;
  const order = (_tenant: string, _uid: string, tell: TellOf): Promise<OrderOutcome | undefined> => {
    if (outcome?.kind === 'done') tell(outcome.generation);
    return Promise.resolve(outcome);
  };
  const store = {
    list: {
      list: (question: StudyQuestion) => {
        questions.push(question);
        return Promise.resolve(found.slice(0, question.limit));
      },
      find: () => Promise.resolve(found),
      sums: () => Promise.resolve([{ state: 'exported', studies: 3, oldestSeconds: 12.4 }]),
    },
    orders: { go: order, cancel: order, requeue: order },
  } as unknown as Pick<StoredStudies, 'list' | 'orders'>;
  const studies = new Studies({
    store,
    activities: {
      eventOf: (_by, deed) => {
        told.push(deed);
        return {} as ActivityEvent;
      },
    },
    references: { study: () => 'ab12' },
    wake: () => {
      woken += 1;
    },
  });
  return { studies, questions, told, woken: () => woken };
}

describe('the list of studies', () => {
  it('goes page by page, and says where the next begins', async () => {
    const { studies, questions } = rig({ found: [listed('1.1'), listed('1.2'), listed('1.3')] });
    const page = await studies.list(BY, parseWith(studiesQuery, { limit: '2' }));
    expect(page.studies.map(({ studyUid }) => studyUid)).toEqual(['1.1', '1.2']);
    expect(page.summary).toEqual({ exported: { studies: 3, oldestSeconds: 12 } });
    await studies.list(BY, parseWith(studiesQuery, { cursor: page.next }));
    const after: StudyPlace = { receivedAt: new Date(1_000), studyUid: '1.2', generation: 1 };
    expect(questions[1]?.after).toEqual(after);
  });

  it('tells of which study a request was', async () => {
    const { studies, questions } = rig({ found: [listed('1.1')] });
    const request = '019f3a5e-1111-7000-8000-000000000000';
    await studies.list(BY, parseWith(studiesQuery, { request }));
    expect(questions).toMatchObject([{ tenant: 'north', request }]);
  });

  it('ends where there are no more', async () => {
    expect((await rig({ found: [listed('1.1')] }).studies.list(BY, parseWith(studiesQuery, {}))).next).toBeNull();
  });

  it.each([
    ['a state that there is not', { state: 'failed,gone' }],
    ['a cursor that is none', { cursor: 'x' }],
    ['a word that it does not know', { patient: '4711' }],
    ['no time', { since: 'yesterday' }],
    ['no id of a request', { request: '4711' }],
    ['too much at once', { limit: '1001' }],
  ])('refuses %s', (_, query) => {
    expect(() => parseWith(studiesQuery, query)).toThrow(ServingError);
  });
});

describe('an order', () => {
  it.each(['go', 'cancel', 'requeue'] as const)(
    '%s is told with the hash of the study, and wakes the engine',
    async (order) => {
      const { studies, told, woken } = rig({ outcome: { kind: 'done', generation: 2, state: 'receiving' } });
      expect(await studies[order](BY, '1.2.3')).toEqual({ studyUid: '1.2.3', generation: 2, state: 'receiving' });
      expect(told).toEqual([
        { event: 'study_requeued', subject: 'study:ab12', outcome: 'success', facts: { order, generation: 2 } },
      ]);
      expect(woken()).toBe(1);
    },
  );

  it('that the state does not allow is refused with the state, and nothing is told', async () => {
    const outcome: OrderOutcome = { kind: 'refused', generation: 1, state: 'skipped', reason: 'superseded' };
    const { studies, told, woken } = rig({ outcome });
    await expect(studies.requeue(BY, '1.2.3')).rejects.toMatchObject({
      reason: 'study_state',
      message: expect.stringContaining('skipped (superseded)') as string,
    });
    expect([told, woken()]).toEqual([[], 0]);
  });

  it.each(['1.2.9', 'not-a-uid', "1.2'; DROP"])('of %s, which was not received, finds nothing', async (uid) => {
    await expect(rig().studies.go(BY, uid)).rejects.toMatchObject({ reason: 'not_found' });
    await expect(rig().studies.find(BY, uid)).rejects.toMatchObject({ reason: 'not_found' });
  });
});
