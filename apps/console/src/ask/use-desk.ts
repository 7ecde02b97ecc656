import { useLayoutEffect, useSyncExternalStore } from 'react';
import { describeImages, inspectImages } from '../images/inspect-images';
import { shelf } from '../images/shelf';
import { ASK_PORTS, cancelJob } from './ask-ports';
import { Desk } from './desk';
import type { DeskState } from './desk-state';

/** Random also where the page is not served over TLS, which `crypto.randomUUID` wants. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** That of this tab. */
const desk = new Desk({
  inspect: inspectImages,
  describe: describeImages,
  keep: (images, owner) => {
    shelf.keep(images, owner);
  },
  cancelJob,
  asking: ASK_PORTS,
  newKey,
});

export function useDesk(owner: string): { readonly desk: Desk; readonly state: DeskState } {
  // Before anything is painted: what was another's is not shown.
  useLayoutEffect(() => {
    desk.belongTo(owner);
  }, [owner]);
  return { desk, state: useSyncExternalStore(desk.subscribe, desk.read) };
}
