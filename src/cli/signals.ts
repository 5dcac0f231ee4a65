// Waits for the signal to stop.

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
/** Ctrl-C reaches us twice, from the terminal and from the launcher; only a later one means "at once". */
const SAME_SIGNAL_MILLIS = 500
const EXIT_AT_ONCE = 130

/** Resolves at the first signal; a second one, a moment later, ends the process without waiting for the drain. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const hear = (): void => {
      const now = performance.now()
      if (first !== undefined && now - first > SAME_SIGNAL_MILLIS) process.exit(EXIT_AT_ONCE)
      first ??= now
      resolve()
    }
    for (const signal of SIGNALS) process.on(signal, hear)
  })
}
