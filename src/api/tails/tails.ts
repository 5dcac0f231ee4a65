// Live tails: who listens to which Worker, until when, and over which connection.
//
//   POST …/tails ──► waiting ──connect──► connected ──► ended: by DELETE, by the client, by time, with the Worker
//                       └────── not connected within CONNECT_WAIT ──► ended
//
// T1  A tail that is ended has no listener in the runtime and no connection.
// T2  At most MAX_TAILS tails, MAX_TAILS_OF_SCRIPT of one Worker; a client that reads slowly loses items, never the edge.

import { after, type Clock, type EpochMillis, fail, type Millis, millis, ok, type Result } from '../../base/index.ts'
import type { ScriptHost, TraceItem } from '../script-host.ts'
import { isWanted, type TailFilter } from './filters.ts'

/** Cloudflare's: a tail ends after six hours. */
const LIFETIME: Millis = millis(6 * 3600 * 1000)
/** A client connects at once; what it does not use is taken back. */
const CONNECT_WAIT: Millis = millis(60 * 1000)
const MAX_TAILS = 100
/** Cloudflare's. */
const MAX_TAILS_OF_SCRIPT = 10
/** 256 bits: whoever has it may listen. */
const SECRET_BYTES = 32

/** The client's end of a connection. */
export type TailSocket = {
  /** Sends one item, or drops it while the client is behind. */
  send(text: string): void
  close(): void
}

export type Tail = {
  /** 32 hex digits. */
  readonly id: string
  readonly script: string
  /** What the URL of the connection has; the connection needs nothing else. */
  readonly secret: string
  readonly expiresAt: EpochMillis
}

export interface Tails {
  create(script: string, filters: readonly TailFilter[]): Result<Tail, string>
  list(script: string): readonly Tail[]
  /** Ends a tail; false: there is none. */
  end(script: string, id: string): boolean
  endAllOf(script: string): void
  /** Connects a client; answers what to call when it has gone, or undefined when no tail waits for this secret. */
  connect(secret: string, socket: TailSocket): (() => void) | undefined
  close(): void
}

type State = Tail & {
  readonly filters: readonly TailFilter[]
  socket: TailSocket | undefined
  stop: () => void
  readonly timers: Set<ReturnType<typeof setTimeout>>
}

export type TailsParts = {
  readonly scriptHost: Pick<ScriptHost, 'tail'>
  readonly clock: Clock
  readonly chance?: () => number
}

export function makeTails({ scriptHost, clock, chance = Math.random }: TailsParts): Tails {
  const tails = new Map<string, State>()

  function end(state: State): void {
    if (!tails.delete(state.id)) return
    for (const timer of state.timers) clearTimeout(timer)
    state.stop()
    state.socket?.close()
  }

  function later(state: State, wait: Millis, work: () => void): void {
    const timer = setTimeout(work, wait)
    timer.unref()
    state.timers.add(timer)
  }

  function forward({ socket, script, filters }: State, items: readonly TraceItem[]): void {
    for (const item of items) {
      if (isWanted(item, filters, chance())) socket?.send(JSON.stringify({ ...item, scriptName: script }))
    }
  }

  const of = (script: string): readonly State[] => [...tails.values()].filter((state) => state.script === script)

  return {
    create: (script, filters) => {
      if (tails.size >= MAX_TAILS) return fail(`there are ${MAX_TAILS} tails; end one`)
      if (of(script).length >= MAX_TAILS_OF_SCRIPT) return fail(`the Worker has ${MAX_TAILS_OF_SCRIPT} tails; end one`)
      const state: State = {
        id: crypto.randomUUID().replaceAll('-', ''),
        script,
        secret: Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString('base64url'),
        expiresAt: after(clock.now(), LIFETIME),
        filters,
        socket: undefined,
        stop: () => {},
        timers: new Set(),
      }
      tails.set(state.id, state)
      later(state, LIFETIME, () => end(state))
      later(state, CONNECT_WAIT, () => {
        if (state.socket === undefined) end(state)
      })
      return ok(state)
    },
    list: of,
    end: (script, id) => {
      const state = tails.get(id)
      if (state?.script !== script) return false
      end(state)
      return true
    },
    endAllOf: (script) => {
      for (const state of of(script)) end(state)
    },
    connect: (secret, socket) => {
      const state = [...tails.values()].find((each) => each.secret === secret && each.socket === undefined)
      if (state === undefined) return undefined
      state.socket = socket
      state.stop = scriptHost.tail(state.script, (items) => forward(state, items))
      return () => end(state)
    },
    close: () => {
      for (const state of tails.values()) end(state)
    },
  }
}
