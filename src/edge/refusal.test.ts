// The edge's own pages: status, form, and what must not be in them.

import { describe, expect, test } from 'bun:test'
import { EdgeError, FAULTS, type FaultCode, type FaultRow } from '../base/index.ts'
import { makeEdge, makeExchange, makeRequest } from './edge.fixture.ts'
import { faultAnswer, refuse } from './refusal.ts'

const edge = makeEdge()
const CODES = Object.keys(FAULTS) as FaultCode[]

function pageOf(code: FaultCode, accept: string | undefined, detail = '') {
  const exchange = makeExchange(edge, makeRequest('/<script>', accept === undefined ? {} : { accept }))
  return { exchange, page: faultAnswer(exchange, new EdgeError(code, detail)) }
}

describe.each(CODES)('%s', (code) => {
  const { status, title, remedy, number }: FaultRow = FAULTS[code]

  test('as HTML has its status, the ray id and one sentence of what to do', () => {
    const { exchange, page } = pageOf(code, 'text/html,*/*;q=0.8')
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    const parts = [
      String(status),
      title,
      `${remedy}.`,
      exchange.ray,
      ...(number === undefined ? [] : [`Error ${number}`]),
    ]
    for (const part of parts) expect(page.text).toContain(part)
  })

  test('as JSON has the same', () => {
    const { exchange, page } = pageOf(code, 'application/json')
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'application/json'])
    expect(JSON.parse(page.text)).toEqual({
      error: { status, code, ...(number && { number }), title, remedy, ray: exchange.ray },
    })
  })

  test('is kept by nobody, and is read as what it is', () => {
    const { page } = pageOf(code, undefined)
    expect(page.headers.get('cache-control')).toBe('private, no-store')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  })
})

test.each([undefined, 'text/html', '*/*', '', 'application/json;q=0.1, text/html', 'nonsense;;q=x'])(
  'Accept %s gets HTML',
  (accept) => {
    expect(pageOf('client-bad-request', accept).page.headers.get('content-type')).toStartWith('text/html')
  },
)

test('nothing of the request is repeated, and no detail: that goes to the log', () => {
  for (const accept of ['text/html', 'application/json']) {
    const { exchange, page } = pageOf('client-bad-request', accept, 'a detail for the log')
    expect(page.text).not.toContain('<script>')
    expect(page.text).not.toContain('example.com')
    expect(page.text).not.toContain('a detail')
    expect(exchange.trail).toEqual(['client-bad-request: bad request (a detail for the log)'])
  }
})

test('a refusal is a verdict that ends the exchange with the page', () => {
  const exchange = makeExchange(edge, makeRequest('/'))
  const verdict = refuse(exchange, 'client-loop')
  expect(verdict).toMatchObject({ kind: 'answered', response: { kind: 'made', fault: 'client-loop', status: 508 } })
  expect(exchange.trail).toEqual(['client-loop: loop detected'])
})
