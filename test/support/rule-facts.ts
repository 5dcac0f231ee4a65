// What rules know of an exchange, for tests: one request's facts, and any of them replaced.

import { epochMillis } from '../../src/base/index.ts'
import type { FieldList } from '../../src/http/index.ts'
import type { FieldSource, ResponseFacts, RuleFacts } from '../../src/rulesets/index.ts'

export type GivenFacts = Partial<Omit<RuleFacts, 'fields' | 'rawFields' | 'response'>> & {
  readonly fields?: Readonly<Record<string, string>>
  readonly response?: Partial<ResponseFacts>
}

/** A GET of http://www.example.com/blog/a.html?x=1&y=2&x=3 from 192.0.2.7, unless the given facts say otherwise. */
export function makeRuleFacts(given: GivenFacts = {}): RuleFacts {
  const { fields = {}, response, ...rest } = given
  const source = makeFieldSource({ host: 'www.example.com', ...fields })
  const path = given.path ?? '/blog/a.html'
  const query = given.query ?? '?x=1&y=2&x=3'
  return {
    method: 'GET',
    scheme: 'http',
    host: 'www.example.com',
    authority: 'www.example.com',
    rawPath: path,
    rawQuery: query,
    rawFields: source,
    httpVersion: 'HTTP/1.1',
    peer: '192.0.2.7',
    peerPort: 50_000,
    serverAddress: undefined,
    port: 80,
    receivedAt: epochMillis(1_700_000_000_123),
    ray: '0123456789abcdef',
    zoneName: 'example.com',
    upstreamZone: '',
    locate: undefined,
    path,
    query,
    fields: source,
    timings: {},
    ...rest,
    response: response && makeResponseFacts(response),
  }
}

export function makeResponseFacts(given: Partial<ResponseFacts>): ResponseFacts {
  const fields: FieldList = given.fields ?? []
  return { status: 200, rawFields: fields, errorType: '', errorCode: 0, ...given, fields }
}

function makeFieldSource(fields: Readonly<Record<string, string>>): FieldSource {
  const headers = new Headers(fields)
  return { get: (name) => headers.get(name), entries: () => headers.entries() }
}
