import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const MOST_AGE_MS = 2000;

/** Whether figures of that time are older than they are promised to be; the page is drawn again when they are. @param at milliseconds since 1970 */
export function useIsOld(at: number): boolean {
  const isOld = useSignal(false);
  useEffect(() => {
    isOld.value = false;
    const timer = setTimeout(() => (isOld.value = true), Math.max(0, at + MOST_AGE_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [at]);
  return isOld.value;
}
