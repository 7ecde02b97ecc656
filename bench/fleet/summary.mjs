const sum = (values, pick) => values.reduce((total, value) => total + pick(value), 0);

/** What the report says of one policy: shares in 0 to 1, hours, and money in that of the price. */
export function summaryOf(
  { policy, title, note, classes, gpuHours, readyHours, starts, nodeStarts, turns, failures, tookS, cpuS },
  { price, pools },
) {
  const served = sum(classes, ({ started, lost, running }) => started - lost - running);
  return {
    policy,
    title,
    note,
    served,
    refused: sum(classes, ({ refused }) => refused),
    foundNoReplica: sum(classes, (of) => of.foundNoReplica),
    classes: classes.map(({ name, arrived, inTime, started, refused, waitTicks, p50S, p95S, p99S, p999S }) => ({
      name,
      arrived,
      inTime: arrived === 0 ? Number.NaN : inTime / arrived,
      late: arrived - inTime,
      refused,
      meanWaitTicks: started === 0 ? 0 : waitTicks / started,
      p50S,
      p95S,
      p99S,
      p999S,
    })),
    gpuHours,
    readyHours,
    costPerThousand: served === 0 ? Number.NaN : (1_000 * price * gpuHours) / served,
    starts,
    nodeStarts,
    turnsAPool: turns / pools,
    failures,
    tookS,
    cpuS,
  };
}
