// Where a tail's client connects: the listener of tails, by the name that the client knows this machine by.

import type { EventSink } from '../../base/index.ts'
import { listenForTails, TAIL_PATH, type TailListener } from './listener.ts'
import type { Tail, Tails } from './tails.ts'

export interface TailAddress {
  /** The URL for a client that called us `host`; undefined when the listener cannot be started. */
  urlFor(tail: Tail, host: string): Promise<string | undefined>
  close(): void
}

export type TailAddressParts = {
  readonly tails: Tails
  readonly hostname: string
  /** 0 picks a free one. */
  readonly port: number
  readonly events: EventSink
}

/** The listener starts with the first tail. */
export function makeTailAddress({ tails, hostname, port, events }: TailAddressParts): TailAddress {
  let listening: Promise<TailListener | undefined> | undefined

  async function start(): Promise<TailListener | undefined> {
    try {
      return await listenForTails(tails, hostname, port)
    } catch (cause) {
      // Fail closed: there is no tail, and its client is told; the next one tries again.
      events({ kind: 'unexpected', where: 'listener of tails', reason: String(cause) })
      listening = undefined
      return undefined
    }
  }

  return {
    urlFor: async ({ secret }, host) => {
      listening ??= start()
      const listener = await listening
      return listener && `ws://${withoutPort(host)}:${listener.port}${TAIL_PATH}${secret}`
    },
    close: () => {
      void listening?.then((listener) => listener?.close())
    },
  }
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, '')
}
