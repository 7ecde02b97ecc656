/** 32-bit FNV-1a over the UTF-16 code units of a text; an unsigned integer. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Highest random weight (Thaler and Ravishankar 1998): the place with the greatest weight for a key is the key's own, and when
 * a place comes or goes only its own keys move. The mixing is the finaliser of MurmurHash3.
 */
export function rendezvousWeight(key: number, place: number): number {
  let hash = key ^ Math.imul(place, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
