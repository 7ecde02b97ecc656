import { Counter, Gauge, type Registry } from 'prom-client';

/** Of results on their way to other systems, by destination as the operator named it. */
export interface DeliveryInstruments {
  readonly settled: Counter<'destination' | 'outcome'>;
  readonly oldestSeconds: Gauge<'destination'>;
}

export const deliveryInstruments = (registers: Registry[]): DeliveryInstruments => ({
  settled: new Counter({
    name: 'medserve_deliveries_total',
    help: 'Attempts to deliver results by how they ended: delivered, retry (it is tried again), dead (an operator has to requeue it)',
    labelNames: ['destination', 'outcome'],
    registers,
  }),
  oldestSeconds: new Gauge({
    name: 'medserve_delivery_oldest_seconds',
    help: 'Age of the oldest result set that a destination has not got, dead ones included; 0: it has all',
    labelNames: ['destination'],
    registers,
    aggregator: 'max',
  }),
});
