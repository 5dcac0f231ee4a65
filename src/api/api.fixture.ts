// An API under test: started on a free port, with a journal in memory and a data plane that is nothing but two zones.

import { bytes, type Clock, type EdgeEvent, fail, makeFakeClock, ok } from '../base/index.ts'
import type { StoredResponse } from '../cache/index.ts'
import { type Administration, type Documents, makeMemoryDocuments, openConfigStore } from '../config/index.ts'
import { makeFindingsBook } from '../cors/sharing/index.ts'
import { type JournalEntry, makeMemoryJournal, makePurger, type PurgeTarget } from '../purge/index.ts'
import { type ApiOptions, type ApiServer, startApi } from './index.ts'

export const TOKEN = 'a-token-that-nobody-guesses'
export const ZONE = { id: '0123456789abcdef0123456789abcdef', name: 'example.com' }
export const OTHER_ZONE = { id: 'fedcba9876543210fedcba9876543210', name: 'example.org' }

const TARGET: PurgeTarget = {
  findZone: (hostname) => {
    if (hostname.endsWith('example.com')) return ZONE.id
    return hostname.endsWith('example.org') ? OTHER_ZONE.id : undefined
  },
  address: (_, url, fields) => ok({ keys: [JSON.stringify([url, ...fields])], uri: url }),
  oldestFetch: () => 0,
}

/** The two zones in a configuration store in memory. */
export function makeAdministration(clock: Clock, documents: Documents = makeMemoryDocuments()): Administration {
  documents.change((draft) => {
    for (const { id, name } of [ZONE, OTHER_ZONE]) draft.write(`zones/${id}`, { ...ZONE_RECORD, name })
  })
  return openConfigStore({ documents, config: { zones: [] }, clock, events: () => {} })
}

const ZONE_RECORD = {
  type: 'full',
  paused: false,
  vanity_name_servers: [],
  made_by: 'api',
  created_on: 1_000_000,
  modified_on: 1_000_000,
}

export type ApiUnderTest = {
  readonly server: ApiServer
  readonly events: readonly EdgeEvent[]
  readonly documents: Documents
  /** The document of the first zone, for making it anew. */
  readonly zoneRecord: object
  /** What the journal took, without revision and instant; a read empties the list. */
  takeEntries(): readonly Pick<JournalEntry, 'zone' | 'action' | 'selectors'>[]
  /** A request below the base, with the token and, where there is a body, as JSON. */
  call(method: string, path: string, body?: unknown, fields?: Readonly<Record<string, string>>): Promise<Answer>
  stop(): Promise<void>
}

export type Answer = {
  readonly status: number
  readonly fields: Headers
  readonly envelope: {
    readonly result_info?: Readonly<Record<string, number>>
    readonly success: boolean
    readonly result: unknown
    readonly errors: readonly ErrorItem[]
    readonly messages: readonly unknown[]
  }
}

export type ErrorItem = {
  readonly code: number
  readonly message: string
  readonly source?: { readonly pointer: string }
  readonly error_chain?: readonly ErrorItem[]
}

/** `stored` is what the store holds, for the counts of a purge. */
export function startApiUnderTest(
  changes: Partial<ApiOptions> = {},
  stored: readonly StoredResponse[] = [],
): ApiUnderTest {
  const clock = makeFakeClock(1_000_000)
  const events: EdgeEvent[] = []
  const record = (event: EdgeEvent) => void events.push(event)
  const journal = makeMemoryJournal(clock)
  const documents = makeMemoryDocuments()
  const entries: JournalEntry[] = []
  journal.onAppend((entry) => entries.push(entry))
  const store = {
    sweep: async () => ({ variants: 0, bodies: 0 }),
    secure: async () => 'secured' as const,
    responses: () => stored,
    find: () => undefined,
    stats: () => ({ ...STATS, variants: stored.length }),
  }
  const purger = makePurger({ journal, store, target: TARGET, clock, events: record })
  const server = startApi({
    hostname: '127.0.0.1',
    port: 0,
    token: TOKEN,
    purger,
    explain: async ({ url }) => fail(`${url.host} is no host of this zone`),
    purgeRateLimit: 'off',
    administration: makeAdministration(clock, documents),
    documents,
    findings: makeFindingsBook(),
    clock,
    events: record,
    ...changes,
  })
  return {
    server,
    events,
    documents,
    zoneRecord: { ...ZONE_RECORD, name: ZONE.name },
    takeEntries: () => entries.splice(0).map(({ zone, action, selectors }) => ({ zone, action, selectors })),
    call: (method, path, body, fields = {}) => {
      const init: RequestInit = {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, ...(body !== undefined && JSON_TYPE), ...fields },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }
      return fetchAnswer(`${server.url}/client/v4${path}`, init)
    },
    stop: async () => {
      await server.stop()
      await purger.close()
    },
  }
}

const STATS = { variants: 0, bodies: 0, memoryBytes: bytes(0), diskBytes: bytes(0), degraded: false }

const JSON_TYPE = { 'content-type': 'application/json' }

export async function fetchAnswer(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  const envelope = (await response.json()) as Answer['envelope']
  return { status: response.status, fields: response.headers, envelope }
}
