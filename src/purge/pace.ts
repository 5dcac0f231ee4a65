// How fast background work may go while requests are served: a slice of work, then a rest.
//
//   work ≤ SLICE ──► go on          work > SLICE ──► rest RESTS times as long as the slice took, then go on
//
// Without the rests a request would wait for a slice at each turn of the event loop that it needs, and it needs several.

const SLICE_MILLIS = 0.7
const RESTS = 2
const MIN_REST_MILLIS = 1

/** Answers what background work waits for between its steps; `mustHurry`: no rests, only turns of the event loop. */
export function makePace(mustHurry: () => boolean): () => Promise<void> {
  let began = performance.now()
  return async () => {
    const took = performance.now() - began
    if (mustHurry()) await turnOfTheLoop()
    else if (took >= SLICE_MILLIS) await rest(Math.max(MIN_REST_MILLIS, took * RESTS))
    else return
    began = performance.now()
  }
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function rest(forMillis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMillis))
}
