// One request under way to an origin server, until its response head: who may end it, and what it ended with.
//
//   sent ──patience over──► doubted ──reached, or nobody can tell──► waiting for the head ──read time-out──► failed
//     │                        └──────cannot be reached──► failed                  │
//     └──────────────────────────head──► answered ◄─────────head───────────────────┘
//
// E1  Ends once: a verdict after the head changes nothing.
// E2  The signal ends the answer's body too, so it is followed beyond the head.

import { EdgeError } from '../base/index.ts'
import { ClientGone, type OriginRequest } from './contract.ts'
import type { Waiting } from './deadlines.ts'
import type { Peer } from './peers.ts'
import { makeUpload, type Upload, watch } from './upload.ts'

export class Exchange implements Waiting, EventListenerObject {
  readonly request: OriginRequest
  readonly peer: Peer
  readonly upload: Upload | undefined
  readonly body: ReadableStream<Uint8Array> | null
  since = 0
  previous: Waiting | undefined
  next: Waiting | undefined
  readonly #abort = new AbortController()
  readonly #doubt: (exchange: Exchange) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #isUnderWay = true
  /** Why we ended it, if we did. */
  #verdict: EdgeError | ClientGone | undefined

  constructor(request: OriginRequest, peer: Peer, doubt: (exchange: Exchange) => void) {
    this.request = request
    this.peer = peer
    this.#doubt = doubt
    const { body, method, signal } = request
    const mayHaveContent = body !== null && method !== 'GET' && method !== 'HEAD'
    this.upload = mayHaveContent ? makeUpload() : undefined
    this.body = mayHaveContent && this.upload !== undefined ? watch(body, this.upload) : null
    signal?.addEventListener('abort', this)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The client is gone. */
  handleEvent(): void {
    if (this.#isUnderWay) this.fail(new ClientGone())
    else this.#abort.abort()
  }

  /** Patience is over: is the origin there at all?  Meanwhile the read time-out runs. */
  overdue(): void {
    this.limitSilence()
    this.#doubt(this)
  }

  /** From now on the read time-out ends it. */
  limitSilence(): void {
    const { upload } = this
    const readTimeout = this.request.readTimeout
    const quietSince = upload === undefined || upload.movedAt < this.since ? this.since : upload.movedAt
    const left = upload?.waitsForClient === true ? readTimeout : quietSince + readTimeout - performance.now()
    if (left <= 0) {
      this.fail(new EdgeError('origin-read-timeout', `no answer within ${readTimeout / 1000} s`))
      return
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.limitSilence(), Math.ceil(left))
    this.#timer.unref()
  }

  /** Ends it with a verdict; too late when the head has come. */
  fail(verdict: EdgeError | ClientGone): void {
    if (!this.#isUnderWay) return
    this.#isUnderWay = false
    this.#verdict = verdict
    this.#abort.abort()
  }

  /** The head came, or nothing will. */
  settle(): void {
    this.#isUnderWay = false
    if (this.#timer !== undefined) clearTimeout(this.#timer)
  }

  /** What our side knows about an exchange that failed; undefined when the reason is the origin's. */
  ownReason(cause: unknown): EdgeError | ClientGone | undefined {
    if (this.#verdict !== undefined) return this.#verdict
    const { failure } = this.upload ?? {}
    if (failure instanceof EdgeError) return failure
    // The content was not as long as the client had said: the client's fault, not the origin's.
    const isMisframed = cause instanceof Error && 'code' in cause && cause.code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH'
    return failure !== undefined || isMisframed ? new ClientGone({ cause }) : undefined
  }
}
