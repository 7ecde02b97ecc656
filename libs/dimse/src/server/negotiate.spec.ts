import { associateRequest } from '../testing/raw-peer';
import { accept, REJECTION, unacceptable } from './negotiate';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const JPEG = '1.2.840.10008.1.2.4.50';
const HTJ2K = '1.2.840.10008.1.2.4.201';
const UNKNOWN = '1.2.826.0.1.3680043.8.498.999.2';

const answered = (abstractSyntax: string, ...transferSyntaxes: string[]) => {
  const request = associateRequest({ contexts: [{ id: 5, abstractSyntax, transferSyntaxes }] });
  return accept(request, 1_000).answer.contexts[0];
};

describe('accept', () => {
  it.each([
    ['explicit before implicit', [IMPLICIT, EXPLICIT], EXPLICIT],
    ['explicit before compressed', [JPEG, EXPLICIT], EXPLICIT],
    ['the first compressed one that is known', [UNKNOWN, HTJ2K, JPEG], HTJ2K],
    ['a compressed one before implicit', [IMPLICIT, JPEG], JPEG],
    ['deflated', [DEFLATED], DEFLATED],
    ['big endian, where nothing else is proposed', [BIG_ENDIAN], BIG_ENDIAN],
  ])('takes for storage %s', (_what, proposed, taken) => {
    expect(answered(CT, ...proposed)).toEqual({ id: 5, result: 0, transferSyntax: taken });
  });

  it.each([
    ['an abstract syntax that nobody knows', UNKNOWN, EXPLICIT, 3],
    ['a service that is not offered', '1.2.840.10008.5.1.4.31', EXPLICIT, 3],
    ['a search that begins like a storage class', '1.2.840.10008.5.1.4.1.1.201.2', EXPLICIT, 3],
    ['a storage class with only an unknown transfer syntax', CT, UNKNOWN, 4],
    ['a storage class without any transfer syntax', CT, undefined, 4],
    ['a query whose identifiers would be compressed', '1.2.840.10008.5.1.4.1.2.2.1', JPEG, 4],
  ])('refuses %s', (_what, abstractSyntax, transferSyntax, result) => {
    const proposed = transferSyntax === undefined ? [] : [transferSyntax];
    expect(answered(abstractSyntax, ...proposed)?.result).toBe(result);
  });

  it.each([
    ['a class of years to come', '1.2.840.10008.5.1.4.1.1.999.9'],
    ['a retired one', '1.2.840.10008.5.1.1.29'],
    ['Verification', '1.2.840.10008.1.1'],
  ])('accepts %s', (_what, abstractSyntax) => {
    expect(answered(abstractSyntax, EXPLICIT)?.result).toBe(0);
  });

  it('narrows the window of asynchronous operations to one, and speaks of it only where it was asked for', () => {
    const user = { ...associateRequest().user, asynchronousOperations: { invoked: 0, performed: 8 } };
    const asked = accept(associateRequest({ user }), 1_000).answer.user;
    expect(asked.asynchronousOperations).toEqual({ invoked: 1, performed: 1 });
    expect(accept(associateRequest(), 1_000).answer.user).not.toHaveProperty('asynchronousOperations');
  });
});

describe('unacceptable', () => {
  it('is an application context other than that of DICOM, and a protocol version other than the first', () => {
    expect(unacceptable(associateRequest({ applicationContext: '1.2.3.4' }))).toBe(REJECTION.applicationContext);
    expect(unacceptable(associateRequest({ protocolVersion: 2 }))).toBe(REJECTION.protocolVersion);
    expect(unacceptable(associateRequest({ protocolVersion: 3 }))).toBeUndefined();
  });
});
