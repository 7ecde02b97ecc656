import { PodClient, writeCatalogue, type Link } from '@medserve/rpc';
import { writeWhole } from './write-whole';

/** Writes down what a pod has, once: for while there is none. A pod that cannot be heard is told of by those after it. */
export function keepCatalogue(address: string, link: Link | undefined, path: string): void {
  const client = new PodClient(address, link);
  const watching = client.watch((told) => {
    if (told && !told.draining) writeWhole(path, writeCatalogue(told.models));
    watching.close();
    client.close();
  });
}
