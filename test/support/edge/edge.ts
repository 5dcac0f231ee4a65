// The edge under test, in this process: wired by `startVaryant` as in production, with a clock that a test moves, free
// ports and a data directory of its own.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type AccessRecord, type EdgeEvent, type FakeClock, makeFakeClock } from '../../../src/base/index.ts'
import { type ClientResponse, makeScratch, request } from '../index.ts'
import { type EventLog, makeEventLog } from './event-log.ts'
import { startFromJson } from './start-from-json.ts'

/** The instant at which every test's clock starts: a plain day, far from epochs and leap seconds. */
export const START_OF_TIME = Date.UTC(2026, 4, 4, 12, 0, 0)

const TOKEN = 'e2e-token'

/** A rule of phase `http_request_cache_settings`, with the JSON of the API. */
export type CacheRule = {
  readonly expression: string
  readonly action_parameters: Readonly<Record<string, unknown>>
}

/** One zone as `varyant.json` writes it. */
export type ZoneConfig = {
  readonly name: string
  readonly origins: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, unknown>>
  readonly rules?: readonly CacheRule[]
  /** Further members of the zone. */
  readonly more?: Readonly<Record<string, unknown>>
}

export type EdgeOptions = {
  readonly zones: readonly ZoneConfig[]
  readonly clock?: FakeClock
  /** Further members of `varyant.json`, such as `cache`. */
  readonly config?: Readonly<Record<string, unknown>>
  /** A data directory to start from and to leave behind; one that is removed at the end when absent. */
  readonly data?: string
}

export type Edge = {
  readonly url: string
  readonly httpsUrl: string | undefined
  readonly apiUrl: string
  readonly clock: FakeClock
  readonly events: EventLog
  /** Calls the API with the token; `path` begins after /client/v4. */
  api(method: string, path: string, body?: unknown): Promise<ClientResponse>
  /** Sends a form to the API with the token; insists on success. */
  upload(method: string, path: string, form: FormData): Promise<unknown>
  /** Purges in a zone and insists on success. */
  purge(zone: string, body: unknown): Promise<void>
  /** Invalidates (soft purge) in a zone and insists on success. */
  invalidate(zone: string, body: unknown): Promise<void>
  /** Access records so far. */
  access(): readonly AccessRecord[]
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The id that the API knows a zone by. */
export function zoneId(name: string): string {
  return createHash('sha256').update(`zone:${name}`).digest('hex').slice(0, 32)
}

/** The id of the one account. */
export const ACCOUNT_ID = createHash('sha256').update('account:varyant').digest('hex').slice(0, 32)

/** Starts the edge in this process. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const clock = options.clock ?? makeFakeClock(START_OF_TIME)
  const scratch = await makeScratch()
  const events = makeEventLog()
  const json = {
    edge: { http: '127.0.0.1:0' },
    api: { listen: '127.0.0.1:0' },
    data: options.data ?? join(scratch.path, 'data'),
    zones: options.zones.map(zoneJson),
    ...options.config,
  }
  const running = await startFromJson({ json, token: TOKEN, events: events.sink, clock })
  const api: Edge['api'] = (method, path, body) =>
    request(`${running.apiUrl}/client/v4${path}`, {
      method,
      fields: [
        ['Authorization', `Bearer ${TOKEN}`],
        ['Content-Type', 'application/json'],
      ],
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const upload: Edge['upload'] = async (method, path, body) => {
    const headers = { Authorization: `Bearer ${TOKEN}` }
    const answer = await fetch(`${running.apiUrl}/client/v4${path}`, { method, headers, body })
    const { result, ...problems }: { result: unknown } = (await answer.json()) as never
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(problems)}`)
    return result
  }
  const drop = async (endpoint: string, zone: string, body: unknown): Promise<void> => {
    const answer = await api('POST', `/zones/${zoneId(zone)}/${endpoint}`, body)
    if (answer.status !== 200) throw new Error(`${endpoint} answered ${answer.status}: ${answer.text}`)
  }
  const stop = async (): Promise<void> => {
    await running.stop()
    await scratch[Symbol.asyncDispose]()
  }
  return {
    url: running.edgeUrl,
    httpsUrl: running.httpsUrl,
    apiUrl: running.apiUrl,
    clock,
    events,
    api,
    upload,
    purge: (zone, body) => drop('purge_cache', zone, body),
    invalidate: (zone, body) => drop('invalidate_cache', zone, body),
    access: () => events.all.flatMap((event: EdgeEvent) => (event.kind === 'access' ? [event.record] : [])),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function zoneJson({ name, origins, settings, rules, more }: ZoneConfig): unknown {
  return {
    name,
    origins,
    ...(settings === undefined ? {} : { settings }),
    ...(rules === undefined
      ? {}
      : {
          rulesets: { http_request_cache_settings: rules.map((rule) => ({ ...rule, action: 'set_cache_settings' })) },
        }),
    ...more,
  }
}
