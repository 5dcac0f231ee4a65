// The way to the scripts' sockets: HTTP/1.1 over unix sockets, with connections that are kept.  docs/decisions/0150
//
// W1  A request goes out twice only if it is a GET or HEAD without content, the connection had been used before, and was
//     closed before anything came back: it had most likely been closed before it was used.

import type { Millis } from '../../base/index.ts'
import { Deadlines } from '../../origin/index.ts'
import { BrokenOff } from './broken-off.ts'
import { Connection, type ConnectionParts } from './connection.ts'
import type { WireRequest } from './exchange.ts'

/** Connections to one socket that wait for work; others are closed when theirs is done. */
const MAX_IDLE = 128

export class Wire {
  readonly #pools = new Map<string, Pool>()
  readonly #deadlines: Deadlines

  /** An answer that has not begun after `headLimit` is overdue. */
  constructor(headLimit: Millis) {
    this.#deadlines = new Deadlines(headLimit)
  }

  /** The response of whoever listens at the path; rejects when there is none, with `BrokenOff` once it was asked. */
  async send(path: string, request: WireRequest): Promise<Response> {
    const kept = this.#poolOf(path).take()
    if (kept !== undefined) {
      try {
        return await kept.ask(request)
      } catch (cause) {
        if (!isRepeatable(cause, request)) throw cause
      }
    }
    return (await this.#poolOf(path).open()).ask(request)
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close()
    this.#pools.clear()
    this.#deadlines.close()
  }

  #poolOf(path: string): Pool {
    const known = this.#pools.get(path)
    if (known !== undefined) return known
    const pool = new Pool(path, this.#deadlines, () => void this.#pools.delete(path))
    this.#pools.set(path, pool)
    return pool
  }
}

function isRepeatable(cause: unknown, { method, body }: WireRequest): boolean {
  const isUnseen = cause instanceof BrokenOff && cause.loss === 'unseen'
  return isUnseen && body === null && (method === 'GET' || method === 'HEAD')
}

/** The connections to one socket. */
class Pool implements ConnectionParts {
  readonly deadlines: Deadlines
  readonly #path: string
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #onEmpty: () => void
  #opening = 0

  constructor(path: string, deadlines: Deadlines, onEmpty: () => void) {
    this.#path = path
    this.deadlines = deadlines
    this.#onEmpty = onEmpty
  }

  /** The one that was used last, if one waits. */
  take(): Connection | undefined {
    return this.#idle.pop()
  }

  async open(): Promise<Connection> {
    this.#opening += 1
    try {
      const connection = await Connection.open(this.#path, this)
      // It may have been closed before anybody here had it.
      if (connection.isClosed) throw new BrokenOff('unseen', 'the process closed the connection')
      this.#all.add(connection)
      return connection
    } finally {
      this.#opening -= 1
      this.#endIfEmpty()
    }
  }

  onIdle(connection: Connection): void {
    if (this.#idle.length < MAX_IDLE) this.#idle.push(connection)
    else connection.close(new BrokenOff('left', 'there are enough of them'))
  }

  onClosed(connection: Connection): void {
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#endIfEmpty()
  }

  close(): void {
    for (const connection of this.#all) connection.close(new BrokenOff('left', 'the edge is stopping'))
  }

  /** A pool that has nothing, and is about to have nothing, is forgotten: its socket may be gone for good. */
  #endIfEmpty(): void {
    if (this.#all.size === 0 && this.#opening === 0) this.#onEmpty()
  }
}
