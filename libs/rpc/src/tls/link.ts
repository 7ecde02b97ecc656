import { Client, credentials, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { clientOptions } from '../channel-options';
import { PromptCredentials } from './prompt-credentials';

/** How a service reaches another: what it proves who it is by, and whom it must find at the other end. */
export interface Link {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** In the clear, for services on one machine. */
const IN_THE_CLEAR: Link = { credentials: credentials.createInsecure(), options: {} };

/** A client of one of our services. */
export function clientOver(address: string, { credentials: channel, options }: Link = IN_THE_CLEAR): Client {
  return new Client(address, new PromptCredentials(channel), { ...clientOptions(), ...options });
}
