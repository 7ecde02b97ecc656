import { Peers, senderOf } from './peers';

describe('Peers', () => {
  it('lets in whoever comes where there is no list, and has them speak for the home tenant', () => {
    const peers = new Peers(undefined, 'home');
    expect(peers.admit({ callingAet: 'ANY' })).toEqual({ kind: 'accepted' });
    expect(peers.known({ callingAet: 'ANY' })).toEqual({ tenant: 'home', route: undefined, sender: 'ANY' });
  });

  it('lets in those of the list alone, each for its tenant and route', () => {
    const peers = new Peers([{ aet: 'CT1', tenant: 'north', route: 'stroke' }, { aet: 'CT2' }], 'home');
    expect(peers.admit({ callingAet: 'CT3' })).toEqual({ kind: 'rejected', reason: 'calling-ae-unknown' });
    expect(peers.admit({ callingAet: 'CT1' })).toEqual({ kind: 'accepted' });
    expect(peers.known({ callingAet: 'CT1' })).toMatchObject({ tenant: 'north', route: 'stroke' });
    expect(peers.known({ callingAet: 'CT2' })).toMatchObject({ tenant: 'home', route: undefined });
  });

  it('lets in nobody by an empty list, and nobody without a title', () => {
    expect(new Peers([], 'home').admit({ callingAet: 'CT1' }).kind).toBe('rejected');
    expect(new Peers(undefined, 'home').admit({ callingAet: '' }).kind).toBe('rejected');
  });

  it.each([
    ['CT1', 'CT1'],
    ['CT ROOM 1', 'CT_ROOM_1'],
    ['*CT', 'x_CT'],
    ['A\\B"C', 'A_B_C'],
  ])('has a word of the records for the title %s', (aet, word) => {
    expect(senderOf(aet)).toBe(word);
  });
});
