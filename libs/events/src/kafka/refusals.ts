/** Sentences of ours for why a broker and we do not come together; kafkajs' own repeat what the other end says of itself. */
const REFUSALS: readonly (readonly [said: RegExp, sentence: string])[] = [
  [/does not match certificate/i, 'the certificate of the broker is for another name; nothing is sent to it'],
  [/certificate has expired|not yet valid/i, 'the certificate of the broker does not hold now; nothing is sent to it'],
  [
    /alert.*(certificate|unknown ca|handshake failure)/i,
    'the broker does not let us in: it wants a certificate, or another one',
  ],
  [
    /unable to (verify|get)|self[- ]signed|certificate signature failure|unsuitable certificate/i,
    'no authority in ca.crt vouches for the broker; nothing is sent to it',
  ],
  [/wrong version number|packet length too long/i, 'the broker does not speak TLS at this address'],
  [/SASL .*not supported|not support the requested SASL/i, 'the broker knows no login of this kind'],
  [/SASL .*failed/i, 'the broker refused the login'],
];

/** @returns undefined for what is no refusal */
export const refusalIn = (said: string): string | undefined => REFUSALS.find(([pattern]) => pattern.test(said))?.[1];
