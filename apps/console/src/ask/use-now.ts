import { useEffect, useState } from 'react';

/** The time, in milliseconds since 1970, anew every second while somebody looks at it pass. */
export function useNow(everyMs = 1_000): number {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    const ticking = setInterval(() => {
      setNow(Date.now());
    }, everyMs);
    return () => {
      clearInterval(ticking);
    };
  }, [everyMs]);
  return nowMs;
}
