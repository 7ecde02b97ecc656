import { Sensitive, type PatientIdentity, type StudyContext } from '@medserve/clinical';
import type { DecodedStudy } from './decode-study';
import type { View } from '../slide/view';
import type { DecodeLimits } from '../limits';

/** What crosses to a decode worker. The buffers are moved, not copied. */
export interface DecodeCall {
  readonly files: readonly {
    readonly bytes: Uint8Array;
    readonly mediaType: string | undefined;
    readonly view: View | undefined;
  }[];
  readonly limits: DecodeLimits;
  /** Whether the samples are wanted as a NIfTI-1 file, too. */
  readonly asNifti: boolean;
}

/** A study as plain data: what is sensitive crosses threads only where somebody says so, which is here. */
export interface PlainStudy extends Omit<DecodedStudy, 'identity' | 'context'> {
  readonly identity?: { readonly [K in keyof PatientIdentity]: string };
  readonly context?: StudyContext;
}

export function toPlainStudy({ identity, context, ...study }: DecodedStudy): PlainStudy {
  return {
    ...study,
    ...(identity === undefined ? {} : { identity: told(identity) }),
    ...(context === undefined ? {} : { context: context.reveal('transfer') }),
  };
}

const told = (identity: PatientIdentity): NonNullable<PlainStudy['identity']> =>
  Object.fromEntries(
    Object.entries(identity).map(([name, value]: [string, Sensitive<string>]) => [name, value.reveal('transfer')]),
  );

export function fromPlainStudy({ identity, context, ...study }: PlainStudy): DecodedStudy {
  return {
    ...study,
    ...(identity === undefined ? {} : { identity: wrapped(identity) }),
    ...(context === undefined ? {} : { context: new Sensitive(context) }),
  };
}

const wrapped = (identity: NonNullable<PlainStudy['identity']>): PatientIdentity =>
  Object.fromEntries(Object.entries(identity).map(([name, value]) => [name, new Sensitive(value)]));
