// The services of the data plane, so that its own stages can be run on them without a trace: a store that is only read,
// flights that nobody can join, no events, and origin servers that answer heads, or are not there at all.
//
// D1  No variant of the real store leaves here: what the stages mark, they mark on copies.
// D2  Nothing is written to the real store, and looking is no use of it.
// D3  The bodies of origin servers are let go unread; what is made of them here is empty.
// D4  What one request of a chain would have stored, the next one finds, here and nowhere else.

import { bytes, EdgeError, millis } from '../../base/index.ts'
import type { CacheKey, CacheStore, Content, Fill, StoredResponse, Variant } from '../../cache/index.ts'
import type { ProbeReport } from '../../cors/index.ts'
import type { OriginAnswer, OriginClient, OriginRequest } from '../../origin/index.ts'
import type { EdgeServices } from '../edge.ts'
import { Flights } from '../flights.ts'
import { originFields } from '../origin-response.ts'

export type DryEdge = {
  readonly services: EdgeServices
  /** Ends what the stages have left open, and tells what the origin server said to the request that was sent, if any. */
  settle(): Promise<ProbeReport | undefined>
}

/** Who waits for an explanation waits no longer than this for an origin server. */
const MAX_PROBE_MILLIS = 10_000

/** Dry services over the real ones. */
export function makeDryEdge(edge: EdgeServices): DryEdge {
  const flights = new Flights()
  const prober = makeProber(edge.origins)
  const underWay: Promise<unknown>[] = []
  return {
    services: {
      ...edge,
      store: makeDryStore(edge.store),
      origins: prober.client,
      flights,
      // Fail open: what the origin server did is in the report.
      background: {
        run: (_, work) => void underWay.push(work.catch(() => undefined)),
        settled: () => Promise.resolve(),
      },
      events: () => undefined,
      scripts: undefined,
      // What an explanation asks is nobody's request: it takes no place, and is no evidence.
      budget: { admit: () => 'admitted' },
      findings: { ...edge.findings, note: () => [], repeat: () => [] },
    },
    settle: async () => {
      prober.endBodies()
      await Promise.all(underWay.splice(0))
      return prober.takeReport()
    },
  }
}

// The store

function makeDryStore(store: CacheStore): CacheStore {
  const opened = new Map<CacheKey, readonly Variant[]>()
  const find: CacheStore['find'] = (key) => {
    const variants = opened.get(key) ?? store.inspect(key).map(copyOf)
    opened.set(key, variants)
    return variants.length === 0 ? undefined : { key, variants }
  }
  return {
    peek: find,
    find,
    inspect: (key) => find(key)?.variants ?? [],
    peekContent: (variant) => contentOf(variant.response),
    content: (variant) => Promise.resolve(contentOf(variant.response)),
    begin: makeDryFill,
    put: (response) => {
      const variant = copyOf({
        response,
        checkedRevision: response.revision,
        invalidatedAt: undefined,
        grantsVoid: false,
      })
      const others = (find(response.key)?.variants ?? []).filter((other) => !isTwin(other.response, response))
      opened.set(response.key, [variant, ...others])
      return variant
    },
    remove: (variant) => {
      const { key } = variant.response
      opened.set(
        key,
        (find(key)?.variants ?? []).filter((other) => other !== variant),
      )
    },
    sweep: () => Promise.resolve({ variants: 0, bodies: 0 }),
    secure: () => Promise.resolve('pending'),
    responses: () => store.responses(),
    stats: () => store.stats(),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}

function copyOf({ response, checkedRevision, invalidatedAt, grantsVoid }: Omit<Variant, 'prepared'>): Variant {
  return { response, checkedRevision, invalidatedAt, grantsVoid, prepared: undefined }
}

/** Selected by the same values. */
function isTwin(one: StoredResponse, other: StoredResponse): boolean {
  return JSON.stringify(one.selecting) === JSON.stringify(other.selecting)
}

const NO_BYTES = new Uint8Array(0)
const NO_BLOB = new Blob([])

/** As long as the stored body, and empty: only heads are made of it. */
function contentOf({ body: { length } }: StoredResponse): Content {
  return { kind: 'memory', length, bytes: NO_BYTES, blob: NO_BLOB }
}

function makeDryFill(): Fill {
  return {
    length: bytes(0),
    state: 'open',
    isKept: true,
    write: () => undefined,
    finish: () => Promise.resolve({ digest: '0'.repeat(64), length: bytes(0) }),
    abort: () => undefined,
    reader: () => new ReadableStream<Uint8Array>(),
  }
}

// Origin servers

type Prober = {
  readonly client: OriginClient
  /** What was said last; forgets it. */
  takeReport(): ProbeReport | undefined
  endBodies(): void
}

function makeProber(origins: OriginClient): Prober {
  let report: ProbeReport | undefined
  const bodies: ReadableStreamDefaultController<Uint8Array>[] = []
  const send = async (request: OriginRequest): Promise<OriginAnswer> => {
    try {
      const answer = await sendWithin(origins, request)
      const { status, headers } = answer
      report = { kind: 'answered', answer: { status, fields: originFields(headers) } }
      // Fail open: the head is all that is wanted, and a connection that cannot be reused is closed.
      void answer.body?.cancel().catch(() => undefined)
      const body = answer.body === null ? null : new ReadableStream({ start: (open) => void bodies.push(open) })
      return { status, headers, body }
    } catch (cause) {
      report = { kind: 'failed', why: cause instanceof EdgeError ? cause.message : 'it could not be asked' }
      throw cause
    }
  }
  return {
    client: { send, close: () => undefined },
    takeReport: () => {
      const taken = report
      report = undefined
      return taken
    },
    endBodies: () => {
      for (const body of bodies.splice(0)) close(body)
    },
  }
}

async function sendWithin(origins: OriginClient, request: OriginRequest): Promise<OriginAnswer> {
  const timeout = AbortSignal.timeout(MAX_PROBE_MILLIS)
  const readTimeout = millis(Math.min(request.readTimeout, MAX_PROBE_MILLIS))
  const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout])
  try {
    return await origins.send({ ...request, readTimeout, signal })
  } catch (cause) {
    if (!timeout.aborted) throw cause
    throw new EdgeError('origin-read-timeout', `no answer within ${MAX_PROBE_MILLIS} ms`, { cause })
  }
}

function close(body: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    body.close()
  } catch {
    // Fail open: it was cancelled, which is as good.
  }
}
