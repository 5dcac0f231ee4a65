// One control process and its members, as main.ts wires them: what a member begins with, what it is told, and what the
// control process asks its members before it answers.

import type { EventSink } from '../base/index.ts'
import type { SharedDirectory, TieredCacheStore } from '../cache/store/index.ts'
import { type Documents, followDocuments, type ResolvedConfig } from '../config/index.ts'
import type { Edge, Role } from '../edge/index.ts'
import type { PurgeJournal, PurgePeers } from '../purge/index.ts'
import { Crew } from './crew.ts'
import type { SeenAnswer, Told } from './messages.ts'
import { reservePort } from './reserve.ts'
import { makeSocketFolder } from './socket-folder.ts'

export type SeveralParts = {
  readonly config: ResolvedConfig
  /** Absolute. */
  readonly dataDirectory: string
  readonly documents: Documents
  readonly journal: PurgeJournal
  readonly relay: (lines: string) => void
  readonly events: EventSink
}

export interface Several {
  /** What the control process's own store is. */
  readonly shared: SharedDirectory
  /** What the control process's own edge is. */
  readonly role: Role
  readonly peers: PurgePeers
  /** Starts the members, beside this edge and its store; resolves when each accepts, rejects when one cannot. */
  start(edge: Edge, store: TieredCacheStore): Promise<void>
  /** Resolves when what was changed so far is in force in every member. */
  settled(): Promise<void>
  /** Resolves when what members have stored so far can be found by this process. */
  gather(): Promise<void>
  /** Members accept nothing more, finish what is under way within a bound, and end. */
  stop(): Promise<void>
}

/** The places of the edge's listeners, with ports that members can share; throws what the system throws. */
export async function reservePorts({ edge, ...config }: ResolvedConfig): Promise<ResolvedConfig> {
  const http = await reservePort(edge.http)
  const https = edge.https && (await reservePort(edge.https))
  return { ...config, edge: { ...edge, http, https } }
}

/** An equal share of the memory for each process, the control process among them. */
export function shareOfMemory({ cache, edge: { processes } }: ResolvedConfig): number {
  return processes === 1 ? cache.memory : Math.floor(cache.memory / (processes + 1))
}

export function makeSeveral(parts: SeveralParts): Several {
  const { config, documents, journal, events } = parts
  const folder = makeSocketFolder(parts.dataDirectory)
  const stops: (() => void)[] = []
  let edge: Edge | undefined
  let store: TieredCacheStore | undefined

  const crew = new Crew({
    size: config.edge.processes,
    begin: (place) => ({ ...begin(parts, place), keeper: folder.socket }),
    onTold: ({ keys, outdates }: Told) => {
      if (outdates) edge?.outdate(keys)
      store?.forget(keys, outdates ? 'too' : 'kept')
    },
    onUnreferenced: (digests) => store?.discardFiles(digests),
    onSeen: (seen: readonly SeenAnswer[]) => {
      for (const { zone, host, answer } of seen) edge?.noteAnswer(zone, host, answer)
    },
    onGone: () => void store?.removeAbandoned(),
    ...{ relay: parts.relay, events },
  })

  return {
    shared: {
      place: 0,
      changed: (keys, digests) => void crew.pass({ keys, digests, outdates: false }),
      begunAnew: () => void crew.renew(),
    },
    role: {
      kind: 'keeper',
      socket: folder.socket,
      siblings: {
        outdate: async (keys) => {
          await store?.flush()
          await crew.pass({ keys, digests: [], outdates: true })
        },
      },
    },
    peers: {
      oldestFetch: async () => least(await crew.ask('oldest-fetch')),
      sweep: async () => least(await crew.ask('sweep')),
      compact: (compaction) => crew.compact(compaction),
    },
    start: (keeper, kept) => {
      edge = keeper
      store = kept
      stops.push(followDocuments(documents).onChange((changes) => crew.broadcast({ kind: 'documents', changes })))
      stops.push(journal.onAppend((entry) => crew.broadcast({ kind: 'journal', entry })))
      return crew.start()
    },
    settled: () => crew.settled(),
    gather: async () => void (await crew.ask('flush')),
    stop: async () => {
      for (const stop of stops) stop()
      await crew.stop()
      folder.remove()
    },
  }
}

function begin({ config, documents, journal, dataDirectory }: SeveralParts, place: number) {
  const { locate: _, ...edge } = config.edge
  return {
    ...({ kind: 'begin', place, dataDirectory, config: edge, allowPrivate: config.allowPrivate } as const),
    memory: shareOfMemory(config),
    disk: config.cache.disk,
    documents: followDocuments(documents).now(),
    fileZones: config.zones.map(({ name }) => name),
    journal: journal.state(),
  }
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
