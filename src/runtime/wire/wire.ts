// The way to the scripts' sockets: HTTP/1.1 over unix sockets, with connections that are kept.  docs/decisions/0150
//
// W1  A request goes out twice only if it is a GET or HEAD without content, the connection had been used before, and was
//     closed before anything came back: it had most likely been closed before it was used.

import { BrokenOff } from './broken-off.ts'
import { Connection, type ConnectionParts, type WireRequest } from './connection.ts'

/** Connections to one socket that wait for work; others are closed when theirs is done. */
const MAX_IDLE = 128

export class Wire {
  readonly #pools = new Map<string, Pool>()

  /** The response of whoever listens at the path; rejects when there is none, with `BrokenOff` once it was asked. */
  async send(path: string, request: WireRequest): Promise<Response> {
    const pool = this.#poolOf(path)
    const kept = pool.take()
    if (kept !== undefined) {
      try {
        return await kept.ask(request)
      } catch (cause) {
        if (!isRepeatable(cause, request)) throw cause
      }
    }
    return (await pool.open()).ask(request)
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close()
    this.#pools.clear()
  }

  #poolOf(path: string): Pool {
    const known = this.#pools.get(path)
    if (known !== undefined) return known
    const pool = new Pool(path, () => void this.#pools.delete(path))
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
  readonly #path: string
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #onEmpty: () => void

  constructor(path: string, onEmpty: () => void) {
    this.#path = path
    this.#onEmpty = onEmpty
  }

  /** The one that was used last, if one waits. */
  take(): Connection | undefined {
    return this.#idle.pop()
  }

  async open(): Promise<Connection> {
    try {
      const connection = await Connection.open(this.#path, this)
      this.#all.add(connection)
      return connection
    } catch (cause) {
      if (this.#all.size === 0) this.#onEmpty()
      throw cause
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
    if (this.#all.size === 0) this.#onEmpty()
  }

  close(): void {
    for (const connection of this.#all) connection.close(new BrokenOff('left', 'the edge is stopping'))
  }
}
