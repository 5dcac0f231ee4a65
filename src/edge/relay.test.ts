// What a member passes on of a visitor, and what the other end believes.

import { describe, expect, test } from 'bun:test'
import { makeEdge, makeExchange, makeRequest, PEER } from './edge.fixture.ts'
import { parseVisitor, relayedFields, VISITOR_FIELD } from './relay.ts'

const fieldsOf = (fields: Readonly<Record<string, string>>) =>
  relayedFields(makeExchange(makeEdge(), makeRequest('/a', fields), 'https'))

describe('what is passed on', () => {
  test('is what the visitor sent, Host and conditions among it', () => {
    const sent = {
      host: 'example.com:8080',
      'user-agent': 'x',
      'if-none-match': '"a"',
      range: 'bytes=0-1',
      'cf-ray': 'y',
    }
    expect(Object.fromEntries(fieldsOf(sent))).toMatchObject(sent)
  })

  test('says whose request it is, whatever the visitor says', () => {
    const said = parseVisitor(
      fieldsOf({ [VISITOR_FIELD]: '{"scheme":"http","peer":"1.2.3.4","ray":"x"}' }).get(VISITOR_FIELD),
    )
    expect(said).toMatchObject({ scheme: 'https', peer: PEER, peerPort: 40_000 })
    expect(said?.ray).toMatch(/^[0-9a-f]{16}$/)
  })

  test('leaves out what was for the connection', () => {
    const fields = fieldsOf({ connection: 'x-hop, keep-alive', 'x-hop': '1', te: 'trailers', expect: '100-continue' })
    expect(['connection', 'x-hop', 'te', 'expect'].filter((name) => fields.has(name))).toEqual([])
  })
})

describe('what is not believed', () => {
  const CASES: readonly (readonly [string, string | null])[] = [
    ['nothing', null],
    ['no JSON', '{'],
    ['another kind', '[]'],
    ['null', 'null'],
    ['a number', '1'],
    ['another scheme', '{"scheme":"ftp","peer":"1.2.3.4","ray":"x"}'],
    ['no peer', '{"scheme":"http","ray":"x"}'],
    ['a peer that is no text', '{"scheme":"http","peer":1,"ray":"x"}'],
    ['a port that is no number', '{"scheme":"http","peer":"1.2.3.4","peerPort":"1","ray":"x"}'],
    ['no ray', '{"scheme":"http","peer":"1.2.3.4"}'],
  ]
  test.each(CASES)('%s', (_, text) => {
    expect(parseVisitor(text)).toBeUndefined()
  })
})
