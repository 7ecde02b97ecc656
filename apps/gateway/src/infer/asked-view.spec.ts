import { NO_PREFERENCE, requestSchema, type InferenceRequest } from './inference-request';
import { filesAsked } from './asked-view';

const request = (view?: unknown): InferenceRequest => ({
  ...requestSchema.parse(view === undefined ? {} : { parameters: { view } }),
  files: [{ bytes: Buffer.of(1) }],
  prefer: NO_PREFERENCE,
});

describe('what of a file is looked at', () => {
  it('is all of it, where the request does not say', () => {
    expect(filesAsked(request())).toEqual([{ bytes: Buffer.of(1) }]);
  });

  it('is the frame or the region that the request names', () => {
    const region = { x: 1, y: 2, width: 3, height: 4, mpp: 0.5 };
    expect(filesAsked(request({ frame: 2 }))[0]?.view).toEqual({ frame: 2 });
    expect(filesAsked(request({ region }))[0]?.view).toEqual({ region });
  });

  it.each([
    [{ frame: 0 }, 'parameters.view.frame'],
    [{ region: { x: -1, y: 0, width: 1, height: 1 } }, 'parameters.view.region.x'],
    [{ region: { x: 0, y: 0, width: 1, height: 1, level: 1, mpp: 1 } }, 'parameters.view.region'],
    [{ slice: 3 }, 'parameters.view'],
    ['all', 'parameters.view'],
  ])('is refused by the member that is wrong: %j', (view, field) => {
    const refusal = (): unknown => {
      try {
        return filesAsked(request(view));
      } catch (error) {
        return error;
      }
    };
    expect(refusal()).toMatchObject({ reason: 'invalid_request', field });
  });
});
