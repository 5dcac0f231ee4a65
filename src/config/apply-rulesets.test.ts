// The rules of varyant.json as documents: applied, applied again, taken back, exported.

import { describe, expect, test } from 'bun:test'
import { makeFakeClock } from '../base/index.ts'
import type { RulesetDocument } from '../rulesets/index.ts'
import { type Documents, makeMemoryDocuments } from './documents.ts'
import { exportConfig } from './export.ts'
import { resolveConfig } from './resolve.ts'
import { type ConfigStore, openConfigStore } from './store.ts'
import { zoneId } from './zone-id.ts'

const ID = zoneId('example.com')
const PHASE = 'http_response_headers_transform'
const PATH = `zones/${ID}/rulesets/${PHASE}`

function apply(zone: object, documents: Documents): ConfigStore {
  const config = resolveConfig({ zones: [{ name: 'example.com', ...zone }] })
  return openConfigStore({ documents, config, clock: makeFakeClock(1000), events: () => {} })
}

const header = (name: string, more: object = {}) => ({
  ...{ action: 'rewrite', expression: 'true' },
  action_parameters: { headers: { [name]: { operation: 'set', value: 'a' } } },
  ...more,
})
const withRules = (...rules: readonly object[]) => ({ rulesets: { [PHASE]: rules } })
const rulesetIn = (documents: Documents) => documents.read(PATH) as RulesetDocument | undefined
const idsIn = (documents: Documents) => rulesetIn(documents)?.rules.map(({ id }) => id)

describe('the rules of a file', () => {
  test('are a ruleset with a version, and run', () => {
    const documents = makeMemoryDocuments()
    const store = apply(withRules(header('a'), header('b', { ref: 'bee' })), documents)
    expect(rulesetIn(documents)).toMatchObject({
      ...{ version: '1', phase: PHASE, kind: 'zone' },
      rules: [{ version: '1', enabled: true }, { ref: 'bee' }],
    })
    expect(documents.read(`zones/${ID}/ruleset_versions/${PHASE}/000000001`)).toEqual(rulesetIn(documents) as object)
    expect(store.snapshot().zones[0]?.rules.responseHeaders).toBeDefined()
  })

  test('applied again change nothing', () => {
    const documents = makeMemoryDocuments()
    const zone = withRules(header('a'), header('a'), header('b', { ref: 'bee' }))
    apply(zone, documents).close()
    const { revision } = documents
    apply(zone, documents).close()
    expect(documents.revision).toBe(revision)
  })

  test('that changed are a new version, and keep the ids of those that say the same', () => {
    const documents = makeMemoryDocuments()
    apply(withRules(header('a'), header('b'), header('c')), documents).close()
    const [a, b, c] = idsIn(documents) ?? []
    apply(withRules(header('c'), header('new'), header('a')), documents).close()
    const ids = idsIn(documents) ?? []
    expect([ids[0], ids[2], rulesetIn(documents)?.version]).toEqual([c, a, '2'])
    expect(new Set([a, b, c, ...ids]).size).toBe(4)
  })

  test('may name their ids', () => {
    const documents = makeMemoryDocuments()
    apply(withRules(header('a', { id: 'a'.repeat(32) })), documents).close()
    expect(idsIn(documents)).toEqual(['a'.repeat(32)])
  })

  test('win over the API at the next start, where both speak', () => {
    const documents = makeMemoryDocuments()
    apply(withRules(header('a')), documents).close()
    const written = rulesetIn(documents) as RulesetDocument
    documents.change((draft) => draft.write(PATH, { ...written, version: '2', rules: [] }))
    apply(withRules(header('a')), documents).close()
    expect(rulesetIn(documents)).toMatchObject({ version: '3', rules: [{ action: 'rewrite' }] })
  })

  test('go when the file no longer names their phase; what the API set stays', () => {
    const documents = makeMemoryDocuments()
    const other = `zones/${ID}/rulesets/http_request_origin`
    apply(withRules(header('a')), documents).close()
    documents.change((draft) =>
      draft.write(other, { ...rulesetIn(documents), phase: 'http_request_origin', rules: [] }),
    )
    apply({}, documents).close()
    expect([
      documents.read(PATH),
      documents.list(`zones/${ID}/ruleset_versions/${PHASE}/`),
      documents.read(other),
    ]).toEqual([undefined, [], expect.objectContaining({ phase: 'http_request_origin' })])
  })

  test('are exported, and re-create themselves', () => {
    const documents = makeMemoryDocuments()
    const zone = {
      ...withRules(header('a'), header('b', { ref: 'bee', description: 'B', enabled: false })),
      url_normalization: { scope: 'both', type: 'cloudflare' },
      managed_headers: { managed_response_headers: [{ id: 'add_security_headers', enabled: true }] },
    }
    apply(zone, documents).close()
    const exported = exportConfig(documents)
    expect(exported.leftOut).toEqual([])
    const copy = makeMemoryDocuments()
    openConfigStore({
      documents: copy,
      config: resolveConfig(exported.json),
      clock: makeFakeClock(1000),
      events: () => {},
    })
    expect(exportConfig(copy)).toEqual(exported)
    expect(idsIn(copy)).toEqual(idsIn(documents) as string[])
  })
})

test('a stored rule that this version cannot compile is off, the zone is served, and somebody is told', () => {
  const documents = makeMemoryDocuments()
  apply(withRules(header('a'), header('b')), documents).close()
  const written = rulesetIn(documents) as RulesetDocument
  const broken = written.rules.map((rule, place) =>
    place === 0 ? { ...rule, expression: 'http.gone', ref: 'old' } : rule,
  )
  documents.change((draft) =>
    draft.write(`zones/${ID}/rulesets/http_request_late_transform`, { ...written, rules: broken }),
  )
  const told: string[] = []
  const store = openConfigStore({
    documents,
    config: resolveConfig({ zones: [{ name: 'example.com', ...withRules(header('a'), header('b')) }] }),
    clock: makeFakeClock(1000),
    events: (event) => void (event.kind === 'notice' && told.push(event.message)),
  })
  expect(store.snapshot().zones[0]?.rules.requestHeaders).toBeDefined()
  expect(told).toEqual([
    expect.stringMatching(
      /^example\.com: rule "old" of http_request_late_transform is off: \/expression: .*unknown identifier/s,
    ),
  ])
})

describe('URL normalisation and managed transforms of a file', () => {
  const rulesOf = (store: ConfigStore) => store.snapshot().zones[0]?.rules
  const ZONE = {
    url_normalization: { scope: 'both', type: 'cloudflare' },
    managed_headers: { managed_request_headers: [{ id: 'add_true_client_ip_headers', enabled: true }] },
  }

  test('hold, and go with it', () => {
    const documents = makeMemoryDocuments()
    const first = apply(ZONE, documents)
    expect([rulesOf(first)?.urlNormalization, rulesOf(first)?.managedRequest !== undefined]).toEqual([
      { scope: 'both', type: 'cloudflare' },
      true,
    ])
    first.close()
    const second = apply({}, documents)
    expect([rulesOf(second)?.urlNormalization, rulesOf(second)?.managedRequest]).toEqual([
      { scope: 'incoming', type: 'rfc3986' },
      undefined,
    ])
  })

  test('are refused when the edge cannot do them', () => {
    const managed_headers = { managed_request_headers: [{ id: 'add_bot_protection_headers', enabled: true }] }
    expect(() => apply({ managed_headers }, makeMemoryDocuments())).toThrow(
      'zones[0].managed_headers.managed_request_headers: ["add_bot_protection_headers"] cannot be on; leave out add_bot_protection_headers: this edge has no bot management to take them from',
    )
  })
})
