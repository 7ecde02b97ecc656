/** What `promise` gives within `limitMs`; undefined: it takes longer. Nothing is waited for where there is no time. */
export async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  if (limitMs <= 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, limitMs, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
