import { ByteBudget } from './byte-budget';
import { OPENAI_LIMITS } from './limits';

/** The bytes of all answers that are sent as they are written, each from its first words until it is on record and has left. */
export class StreamBudget extends ByteBudget {
  constructor(gauge: { set(bytes: number): void }, limitBytes: number = OPENAI_LIMITS.streamsBytes) {
    super(limitBytes, gauge);
  }
}
