// A member: the data plane of one process among several.  It has a memory, connections to origin servers and collapsing of
// its own; configuration and journal it is told (messages.ts), and the store's disk it shares.
//
// N1  Steps are done in the order in which they come, each whole before the next.
// N2  It makes nothing durable but what it fetched: whatever only the control process may say, it asks or tells.

import { join } from 'node:path'
import { bytes, type EventSink, systemClock } from '../base/index.ts'
import { makeTieredStore } from '../cache/store/index.ts'
import { makeConfigReplica } from '../config/index.ts'
import { type Edge, startEdge } from '../edge/index.ts'
import { makeOriginClient } from '../origin/index.ts'
import { makeJournalReplica, sweepStore } from '../purge/index.ts'
import { makeForwardingBook } from './forwarding-book.ts'
import type { Beginning, FromMember, Question, Step, Told, ToMember } from './messages.ts'

export interface Member {
  hear(message: Exclude<ToMember, Beginning | { kind: 'stop' }>): void
  /** Accepts nothing more, lets what is under way finish within a bound, makes the rest durable. */
  stop(): Promise<void>
}

/** Makes everything but the listeners; throws when something cannot be had. */
export function makeMember(begin: Beginning, send: (message: FromMember) => void, events: EventSink): Member {
  const clock = systemClock
  const { config, documents, fileZones, allowPrivate, keeper } = begin
  const replica = makeConfigReplica({ documents, fileZones, geoipFiles: config.geoipFiles, clock })
  const journal = makeJournalReplica(begin.journal)
  const store = makeTieredStore({
    directory: join(begin.dataDirectory, 'cache'),
    ...{ memoryLimit: bytes(begin.memory), diskLimit: bytes(begin.disk), clock, events },
    shared: {
      place: begin.place,
      changed: (keys, digests) => send({ kind: 'tell', number: undefined, keys, digests, outdates: false }),
    },
  })
  const origins = makeOriginClient()
  const findings = makeForwardingBook(send)
  const waiting = new Map<number, () => void>()
  let asked = 0
  let edge: Edge | undefined

  /** Tells the others, and waits until they have done it. */
  async function tell(told: Told): Promise<void> {
    asked += 1
    const number = asked
    await new Promise<void>((resolve) => {
      waiting.set(number, resolve)
      send({ kind: 'tell', number, ...told })
    })
  }

  function serve(): Edge {
    return startEdge({
      config: { ...config, locate: replica.locate },
      snapshot: replica.snapshot(),
      ...{ store, journal, findings, origins, allowPrivate, clock, events },
      role: {
        kind: 'member',
        keeper,
        siblings: {
          outdate: async (keys) => {
            await store.flush()
            await tell({ keys, digests: [], outdates: true })
          },
        },
      },
    })
  }

  function take(step: Step): void {
    switch (step.kind) {
      case 'serve':
        edge ??= serve()
        return
      case 'documents':
        replica.take(step.changes)
        edge?.use(replica.snapshot())
        return
      case 'journal':
        journal.note(step.entry)
        return
      case 'forget':
        if (step.outdates) edge?.outdate(step.keys)
        store.forget(step.keys, step.outdates ? 'too' : 'kept')
        return
    }
  }

  async function answer(question: Question): Promise<number | undefined> {
    switch (question) {
      case 'oldest-fetch':
        return edge?.purgeTarget.oldestFetch()
      case 'sweep': {
        const marked = await sweepStore({ journal, store })
        await store.flush()
        return marked
      }
      case 'flush':
        await store.flush()
        return undefined
    }
  }

  return {
    hear: (message) => {
      switch (message.kind) {
        case 'ask':
          void answer(message.question)
            // Fail closed: without its answer nothing is forgotten.
            .catch((cause: unknown) => {
              events({ kind: 'background-failed', name: message.question, reason: String(cause) })
              return 0
            })
            .then((value) => send({ kind: 'answer', number: message.number, value }))
          return
        case 'compact':
          void sweepStore({ journal, store }).then(
            () => journal.forget(message.compaction),
            // Fail closed: what was purged stays known.
            (cause: unknown) => events({ kind: 'background-failed', name: 'sweeping memory', reason: String(cause) }),
          )
          return
        case 'told':
          waiting.get(message.number)?.()
          waiting.delete(message.number)
          return
        default:
          take(message)
          send({ kind: 'done', number: message.number })
      }
    },
    stop: async () => {
      await edge?.stop()
      findings.flush()
      await store.flush()
      await store.close()
      origins.close()
    },
  }
}
