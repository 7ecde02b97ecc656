// oxlint-disable-next-line typescript/triple-slash-reference -- declares a module, which nothing can be imported from
/// <reference path="./kafkajs-internals.d.ts" />
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/*
 * kafkajs 2.2.4 looks through the queue of each connection to a broker, and has itself look again, whether anything waits there or not: of a
 * time that has passed, so a timer of a millisecond for each connection, for ever (tulios/kafkajs#1704, #1751; mended in no release).
 * Where nothing waits there is nothing to look for: whatever is put in later asks for a look itself.
 */
const queue = RequestQueue.prototype;
// oxlint-disable-next-line typescript/unbound-method -- called on the queue that it is asked of
const look = queue.scheduleCheckPendingRequests;

queue.scheduleCheckPendingRequests = function (): void {
  if (this.pending.length > 0) look.call(this);
};
