import { withForm } from './search-form';

const requestOf = (type: string, body: string) => ({ headers: { 'content-type': type }, body: Buffer.from(body) });

describe('a search by a form', () => {
  it('has the parameters of its address and its form together', () => {
    const request = requestOf('application/x-www-form-urlencoded; charset=utf-8', '_id=b&_count=5');
    expect(withForm({ _id: 'a' }, request)).toEqual({ _id: ['a', 'b'], _count: '5' });
    expect(withForm({ _id: 'a' }, { headers: {}, body: undefined })).toEqual({ _id: 'a' });
  });

  it('is refused where it is no form, and says how a form is sent', () => {
    expect(() => withForm({}, requestOf('application/json', '{"_id": "a"}'))).toThrow(
      expect.objectContaining({
        reason: 'unsupported_media',
        field: 'Content-Type',
        remedy: expect.stringMatching(/application\/x-www-form-urlencoded/) as string,
      }) as Error,
    );
  });
});
