// The event table: what rooms report and `telemetry/` consumes.  One line a kind; `detail` is plain data.

export type EdgeEvent =
  /** One finished exchange with a client. */
  | { readonly kind: 'access'; readonly record: AccessRecord }
  /** The disk tier could not write; the edge goes on without it until `store-recovered`. */
  | { readonly kind: 'store-degraded'; readonly reason: string }
  | { readonly kind: 'store-recovered' }
  /** A stored body did not match its digest and was dropped. */
  | { readonly kind: 'store-corrupt'; readonly digest: string; readonly reason: string }
  /** Work that outlives its exchange failed. */
  | { readonly kind: 'background-failed'; readonly name: string; readonly reason: string }
  /** An exception that no stage expected; the exchange ended with 500 and the process lives. */
  | { readonly kind: 'unexpected'; readonly where: string; readonly reason: string }
  /** The origin server does CORS in a way that breaks pages or caches; told once a minute at most. */
  | {
      readonly kind: 'cors-finding'
      readonly zone: string
      readonly url: string
      readonly finding: string
      /** What is wrong, which answers show it, and how it is mended. */
      readonly message: string
      readonly count: number
    }
  /** Something an operator should know once, in one sentence. */
  | { readonly kind: 'notice'; readonly message: string }

export type AccessRecord = {
  readonly ray: string
  readonly at: number
  readonly client: string
  readonly method: string
  readonly url: string
  readonly status: number
  readonly cacheStatus: string
  /** Why: the decisions of the exchange, in order. */
  readonly why: readonly string[]
  readonly bytes: number
  readonly durationMillis: number
  readonly originMillis: number | undefined
}

/** Takes events; never throws, never blocks. */
export type EventSink = (event: EdgeEvent) => void
