// Background work gives way here.

/** Resolves after the event loop has turned once: requests that waited were served. */
export function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
