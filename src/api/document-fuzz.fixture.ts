// Throws requests at every operation of the OpenAPI document that the API tells of itself: bodies made by the schemas and
// then spoiled, ids that exist and ids that do not, hostile text in every place that takes text.  What it demands of each
// answer is in `judge`.

import { makeRandom } from '../../test/support/random.ts'
import type { ApiUnderTest } from './api.fixture.ts'
import { TOKEN, ZONE } from './api.fixture.ts'
import { NUMBERS, PHASES, RIGHT_BODIES, SETTINGS, TEXTS, TOLD_IDS } from './fuzz-matter.fixture.ts'

type Json = Readonly<Record<string, unknown>>
type Schema = Json

type Target = {
  readonly method: string
  readonly path: string
  readonly query: readonly string[]
  readonly type: string | undefined
  readonly schema: Schema | undefined
}

export type DocumentFuzz = {
  /** Requests that were sent, and how many of them did something. */
  readonly sent: number
  readonly accepted: number
  /** The operations of which at least one request was accepted. */
  readonly reached: ReadonlySet<string>
}

/** Runs so many requests for each operation; throws at the first answer that breaks a promise. */
export async function fuzzDocument(api: ApiUnderTest, seed: number, rounds: number): Promise<DocumentFuzz> {
  const random = makeRandom(seed)
  const make = makeMaker(random)
  const targets = readTargets(await (await fetch(`${api.server.url}/openapi.json`)).json())
  const ids: Ids = new Map()
  const reached = new Set<string>()
  let accepted = 0
  let sent = 0
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) {
      // The zone that the others need goes seldom, and comes back.
      if (target.method === 'DELETE' && target.path === '/zones/{zone_id}' && random() < 0.9) continue
      restoreZone(api)
      const request = makeRequest(target, make, ids)
      const answer = await send(api, request)
      judge(answer, { seed, round, target: `${target.method} ${target.path}`, ...request })
      sent += 1
      if (answer.status >= 300) continue
      accepted += 1
      reached.add(`${target.method} ${target.path}`)
      learn(ids, target.path, answer.text)
    }
  }
  return { sent, accepted, reached }
}

/** Ids that were told, by the parameter of a path that they are for. */
type Ids = Map<string, string[]>

/** The first id of an answer is that of the thing; in a ruleset the later ones are its rules'. */
function learn(ids: Ids, path: string, text: string): void {
  const [first, ...others] = text.match(/(?<="id":")[0-9a-f]{32}(?=")/g) ?? []
  const parameter = TOLD_IDS.find(([each]) => each.test(path))?.[1]
  if (first === undefined || parameter === undefined) return
  ids.set(parameter, [first, ...(ids.get(parameter) ?? [])].slice(0, 10))
  if (parameter === 'ruleset_id') ids.set('rule_id', [...others, ...(ids.get('rule_id') ?? [])].slice(0, 10))
}

type Made = {
  readonly method: string
  readonly path: string
  readonly fields: Readonly<Record<string, string>>
  readonly body: string | FormData | undefined
}

type Maker = ReturnType<typeof makeMaker>

function makeRequest(target: Target, make: Maker, ids: Ids): Made {
  const path = target.path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(make.parameter(name, ids).toWellFormed()),
  )
  const query = new URLSearchParams()
  for (const name of target.query) if (make.chance(0.3)) query.append(name, make.queryValue(name))
  const suffix = query.size === 0 ? '' : `?${query}`
  return { method: target.method, path: path + suffix, ...make.body(target) }
}

function makeMaker(random: () => number) {
  const below = (limit: number): number => Math.floor(random() * limit)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const chance = (share: number): boolean => random() < share

  function anything(depth: number): unknown {
    const kind = below(depth > 3 ? 4 : 7)
    if (kind === 0) return pick([null, true, false])
    if (kind === 1) return pick(NUMBERS)
    if (kind <= 3) return pick(TEXTS)
    if (kind === 4) return Array.from({ length: below(4) }, () => anything(depth + 1))
    return Object.fromEntries(Array.from({ length: below(4) }, () => [pick(TEXTS), anything(depth + 1)]))
  }

  /** A value of the schema, as far as it goes. */
  function made(schema: Schema | undefined, depth: number): unknown {
    if (schema === undefined || depth > 8) return anything(depth)
    if (Array.isArray(schema.enum)) return pick(schema.enum)
    const choices = (schema.anyOf ?? schema.oneOf ?? schema.allOf) as readonly Schema[] | undefined
    if (choices !== undefined) return made(pick(choices), depth + 1)
    switch (Array.isArray(schema.type) ? pick(schema.type) : schema.type) {
      case 'object':
        return objectOf(schema, depth)
      case 'array':
        return Array.from({ length: 1 + below(2) }, () => made(schema.items as Schema, depth + 1))
      case 'string':
        return pick(TEXTS)
      case 'integer':
        return pick([1, 1, 2, 300, ...NUMBERS])
      case 'number':
        return pick(NUMBERS)
      case 'boolean':
        return chance(0.5)
      case 'null':
        return null
      default:
        return anything(depth)
    }
  }

  function objectOf(schema: Schema, depth: number): Json {
    const required = (schema.required ?? []) as readonly string[]
    const members = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
      .filter(([name]) => required.includes(name) || chance(0.5))
      .map(([name, each]) => [name, made(each, depth + 1)])
    if (typeof schema.additionalProperties === 'object') {
      members.push([pick(TEXTS), made(schema.additionalProperties as Schema, depth + 1)])
    }
    return Object.fromEntries(members)
  }

  /** A copy that is wrong in one place. */
  function spoil(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || chance(0.2)) return anything(1)
    if (Array.isArray(value)) {
      const at = below(value.length)
      return value.map((each, index) => (index === at ? spoil(each) : each))
    }
    const entries = Object.entries(value)
    const at = below(entries.length + 1)
    const spoilt = entries.map(([name, each], index) => [name, index === at ? spoil(each) : each])
    return Object.fromEntries(at === entries.length ? [...spoilt, [pick(TEXTS), anything(1)]] : spoilt)
  }

  /** What is no JSON of the right size and kind. */
  function brokenText(): string {
    return pick([
      '',
      'null',
      '[]',
      '"a"',
      '{',
      '{"a":1}x',
      '\ufeff{}',
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '['.repeat(100_000),
      `${'['.repeat(5000)}${']'.repeat(5000)}`,
      `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
      `{"name":"${'x'.repeat(1_100_000)}"}`,
      `[${'0,'.repeat(200_000)}0]`,
    ])
  }

  function form(): FormData {
    const made = new FormData()
    if (chance(0.7))
      made.set('file', new Blob([pick(['', 'a 300 IN A 192.0.2.1\n', '$INCLUDE /etc/passwd\n', '(\n', '\u0000'])]))
    if (chance(0.5)) made.set('proxied', pick(TEXTS))
    if (chance(0.3)) made.set(pick(TEXTS), pick(TEXTS))
    return made
  }

  return {
    chance,
    parameter: (name: string, ids: Ids): string => {
      if (name === 'zone_id' && chance(0.9)) return ZONE.id
      if (name === 'account_id' && chance(0.9)) return ACCOUNT
      if (chance(0.15)) return pick(TEXTS) || 'x'
      if (name === 'phase') return pick(PHASES)
      if (name === 'setting_id') return pick(SETTINGS)
      if (name === 'version') return pick(['1', '2', '0', 'x'])
      if (name === 'origin_ip') return pick(['192.0.2.1', '2001:db8::1', 'x'])
      return pick([...(ids.get(name) ?? ['varyant']), '0'.repeat(32)])
    },
    queryValue: (name: string): string => {
      if (name === 'dry_run') return pick(['true', 'false', 'x'])
      if (name === 'page' || name === 'per_page') return pick(['1', '2', '0', '-1', '1e9', '99999999999', 'x', '5'])
      return pick(TEXTS)
    },
    body: ({ type, schema, method, path }: Target): Pick<Made, 'fields' | 'body'> => {
      if (method === 'GET') return { fields: {}, body: undefined }
      const json = { 'content-type': pick(['application/json', 'application/json', 'application/json; charset=utf-8']) }
      if (chance(0.08)) return { fields: json, body: brokenText() }
      if (chance(0.04)) return { fields: {}, body: undefined }
      if (chance(0.04))
        return { fields: { 'content-type': pick(['text/plain', ';;', 'multipart/form-data']) }, body: '{}' }
      if (type === 'multipart/form-data' || chance(0.02)) return { fields: {}, body: form() }
      const right = RIGHT_BODIES.find(([each]) => each.test(path))?.[1] ?? []
      const value = right.length > 0 && chance(0.7) ? pick(right) : made(schema, 0)
      return { fields: json, body: JSON.stringify(chance(0.4) ? spoil(value) : value) }
    },
  }
}

type Answered = {
  readonly status: number
  readonly fields: Headers
  readonly text: string
  /** Changes of documents and entries of the journal that the request made. */
  readonly changes: number
  /** What the API told the log. */
  readonly events: number
}

async function send(api: ApiUnderTest, { method, path, fields, body }: Made): Promise<Answered> {
  const before = api.documents.revision
  const events = api.events.length
  const response = await fetch(`${api.server.url}/client/v4${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...fields },
    ...(body !== undefined && { body }),
    redirect: 'manual',
  })
  const text = await response.text()
  return {
    status: response.status,
    fields: response.headers,
    text,
    changes: api.documents.revision - before + api.takeEntries().length,
    events: api.events.length - events,
  }
}

/** What every answer owes, whatever was asked. */
function judge({ status, fields, text, changes, events }: Answered, seen: object): void {
  const demand = (isMet: boolean, promise: string): void => {
    if (isMet) return
    const shown = JSON.stringify(seen, (_, value) => (typeof value === 'string' ? value.slice(0, 2000) : value))
    throw new Error(`${promise}; it answered ${status} ${text.slice(0, 500)} to ${shown}`)
  }
  demand(status < 500, 'no request makes the API fail')
  demand(events === 0, 'no request makes the API complain')
  demand(![...fields.keys()].some((name) => name.startsWith('access-control-')), 'no web origin is granted anything')
  demand(({} as Json).polluted === undefined, 'no prototype is polluted')
  demand(status < 300 || changes === 0, 'what is refused changes nothing')
  // What the listener answers by itself, before anything of ours: a head beyond 16 KB.
  if (status === 204 || status === 431 || fields.get('content-type')?.startsWith('text/plain') === true) return
  demand(fields.get('content-type')?.startsWith('application/json') === true, 'every answer is an envelope')
  const envelope = JSON.parse(text) as Json
  demand(envelope.success === status < 300, 'success and status agree')
  if (status < 300) return
  const errors = envelope.errors as readonly { readonly code: unknown; readonly message: unknown }[]
  demand(envelope.result === null && errors.length > 0, 'a refusal has errors and no result')
  demand(
    errors.every(({ code, message }) => Number.isInteger(code) && typeof message === 'string' && message !== ''),
    'each error has a code and a message',
  )
  demand(text.length < 20_000, 'a refusal repeats no more than a little of what it refuses')
}

const ACCOUNT = '36626a9cb681a4c20da9b586e2b26588'

function restoreZone(api: ApiUnderTest): void {
  const path = `zones/${ZONE.id}`
  if (api.documents.read(path) === undefined) api.documents.change((draft) => draft.write(path, api.zoneRecord))
}

function readTargets(document: unknown): readonly Target[] {
  const { paths } = document as { readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>> }
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const parameters = (operation.parameters ?? []) as readonly { readonly in: string; readonly name: string }[]
      const content = (operation.requestBody as { readonly content?: Json } | undefined)?.content ?? {}
      const [type] = Object.keys(content)
      return {
        method: method.toUpperCase(),
        path,
        query: parameters.flatMap(({ in: place, name }) => (place === 'query' ? [name] : [])),
        type,
        schema: type === undefined ? undefined : ((content[type] as Json).schema as Schema),
      }
    }),
  )
}
