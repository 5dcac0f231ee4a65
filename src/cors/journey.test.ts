// A whole fetch: legs sent, answers judged, chains followed.  Fetch §Main fetch, §HTTP fetch.

import { describe, expect, test } from 'bun:test'
import type { FieldList } from '../http/index.ts'
import {
  advance,
  type JourneyEnd,
  type Leg,
  type LegAnswer,
  type PageRequest,
  requestItself,
  setOut,
} from './journey.ts'

const PAGE = 'http://a.example'

function page(url: string, parts: Partial<PageRequest> = {}): PageRequest {
  return { url: new URL(url), method: 'GET', headers: [], origin: PAGE, credentials: false, ...parts }
}

type Site = (leg: Leg, origin: string | undefined) => LegAnswer

/** Walks to the end; tells what was sent on the way as "METHOD url origin". */
function walk(request: PageRequest, site: Site): { sent: string[]; end: JourneyEnd } {
  const sent: string[] = []
  let journey = setOut(request)
  while (journey.kind === 'send') {
    const { leg, state } = journey
    const origin = leg.fields.find(([name]) => name === 'origin')?.[1]
    sent.push(`${leg.method} ${leg.url.href}${origin === undefined ? '' : ` ${origin}`}`)
    journey = advance(state, site(leg, origin))
  }
  return { sent, end: journey.end }
}

const reflect: Site = (_, origin) => ({
  status: 200,
  fields: origin === undefined ? [] : [['access-control-allow-origin', origin]],
})
const redirects =
  (map: Readonly<Record<string, string>>, site: Site = reflect): Site =>
  (leg, origin) => {
    const location = map[leg.url.href]
    const answer = site(leg, origin)
    return location === undefined || leg.kind === 'preflight'
      ? answer
      : { status: 302, fields: [...answer.fields, ['location', location]] }
  }

describe('which requests the browser sends', () => {
  test('same-origin GET: one, without Origin', () => {
    const { sent, end } = walk(page('http://a.example/x'), () => ({ status: 200, fields: [] }))
    expect(sent).toEqual(['GET http://a.example/x'])
    expect(end).toMatchObject({ verdict: 'allow', step: { name: 'same-origin' } })
  })
  test('same-origin POST: one, with Origin, and no check', () => {
    const { sent, end } = walk(page('http://a.example/x', { method: 'POST' }), () => ({ status: 200, fields: [] }))
    expect(sent).toEqual(['POST http://a.example/x http://a.example'])
    expect(end.verdict).toBe('allow')
  })
  test('same-origin PUT with a header of its own: no preflight', () => {
    const request = page('http://a.example/x', { method: 'PUT', headers: [['x-a', '1']] })
    expect(walk(request, () => ({ status: 200, fields: [] })).sent).toHaveLength(1)
  })
  test('cross-origin GET: one, with Origin', () => {
    expect(walk(page('http://b.example/x'), reflect).sent).toEqual(['GET http://b.example/x http://a.example'])
  })
  test('cross-origin PUT: a preflight, then it', () => {
    const site: Site = (leg, origin) => ({
      status: 200,
      fields: [...reflect(leg, origin).fields, ['access-control-allow-methods', 'PUT']],
    })
    const { sent, end } = walk(page('http://b.example/x', { method: 'PUT' }), site)
    expect(sent).toEqual(['OPTIONS http://b.example/x http://a.example', 'PUT http://b.example/x http://a.example'])
    expect(end.verdict).toBe('allow')
  })
  test('a preflight that fails is the end', () => {
    const { sent, end } = walk(page('http://b.example/x', { method: 'PUT' }), reflect)
    expect(sent).toHaveLength(1)
    expect(end).toMatchObject({ verdict: 'block', step: { name: 'method-not-allowed' } })
  })
  test('headers that the browser keeps for itself make no preflight, but go along', () => {
    const request = page('http://b.example/x', { headers: [['cookie', 'a=1'], ['accept-encoding', 'br']] }) // biome-ignore format: short
    const journey = setOut(request)
    expect(journey).toMatchObject({ kind: 'send', leg: { kind: 'cors' } })
    if (journey.kind === 'send') expect(journey.leg.fields).toContainEqual(['cookie', 'a=1'])
  })
  test('nobody knows whose page: no-cors, no Origin', () => {
    const { sent, end } = walk(page('http://b.example/x', { origin: undefined }), reflect)
    expect(sent).toEqual(['GET http://b.example/x'])
    expect(end).toMatchObject({ verdict: 'allow', step: { name: 'no-cors' }, exposed: [] })
  })
  test('an opaque page: Origin is null', () => {
    expect(walk(page('http://b.example/x', { origin: 'null' }), reflect)).toMatchObject({
      sent: ['GET http://b.example/x null'],
      end: { verdict: 'allow' },
    })
  })
})

describe('along redirects', () => {
  test('what no browser sends is left out: an override to a forbidden method', () => {
    const headers = [['x-http-method-override', 'GET, trace'], ['x-method-override', 'PUT'], ['sec-fetch-site', 'none']] as const // biome-ignore format: short
    const names = (origin: string | undefined) => {
      const url = new URL('http://b.example/')
      const { fields } = requestItself({ url, method: 'GET', headers, origin, credentials: false })
      return fields.map(([name]) => name).filter((name) => name !== 'origin')
    }
    expect(names('https://a.example')).toEqual(['x-method-override', 'sec-fetch-site'])
    expect(names(undefined)).toHaveLength(3)
  })

  test('F19: from another origin to a third, Origin is null', () => {
    const { sent, end } = walk(page('http://b.example/1'), redirects({ 'http://b.example/1': 'http://c.example/2' }))
    expect(sent).toEqual(['GET http://b.example/1 http://a.example', 'GET http://c.example/2 null'])
    expect(end.verdict).toBe('allow')
  })
  test('F19: a redirect without grant ends it, wherever it leads', () => {
    const site = redirects({ 'http://b.example/1': 'http://b.example/2' }, () => ({ status: 200, fields: [] }))
    expect(walk(page('http://b.example/1'), site)).toMatchObject({
      sent: ['GET http://b.example/1 http://a.example'],
      end: { verdict: 'block', step: { name: 'allow-origin-missing' } },
    })
  })
  test("from the page's own origin to another: checked from there on, with its name", () => {
    const site: Site = (leg, origin) =>
      leg.url.host === 'a.example'
        ? { status: 302, fields: [['location', 'http://b.example/2']] }
        : reflect(leg, origin)
    expect(walk(page('http://a.example/1'), site)).toMatchObject({
      sent: ['GET http://a.example/1', 'GET http://b.example/2 http://a.example'],
      end: { verdict: 'allow', step: { name: 'cors-allowed' } },
    })
  })
  test("back to the page's own origin: CORS still, and null", () => {
    const map = { 'http://b.example/1': 'http://a.example/2' }
    expect(walk(page('http://b.example/1'), redirects(map)).sent[1]).toBe('GET http://a.example/2 null')
  })
  test('a fixed grant does not survive the change to null', () => {
    const site = redirects({ 'http://b.example/1': 'http://c.example/2' }, () => ({
      status: 200,
      fields: [['access-control-allow-origin', PAGE]],
    }))
    expect(walk(page('http://b.example/1'), site).end).toMatchObject({ verdict: 'block', step: { name: 'allow-origin-other' } }) // biome-ignore format: short
  })
  test('a preflight for each hop that needs one', () => {
    const site: Site = redirects({ 'http://b.example/1': 'http://c.example/2' }, (leg, origin) => ({
      status: 200,
      fields: [...reflect(leg, origin).fields, ['access-control-allow-headers', '*']],
    }))
    const { sent } = walk(page('http://b.example/1', { headers: [['x-a', '1']] }), site)
    expect(sent.map((line) => line.split(' ')[0])).toEqual(['OPTIONS', 'GET', 'OPTIONS', 'GET'])
  })
  test('a circle ends at the 21st', () => {
    const { sent, end } = walk(page('http://b.example/1'), redirects({ 'http://b.example/1': 'http://b.example/1' }))
    expect(sent).toHaveLength(21)
    expect(end).toMatchObject({ verdict: 'block', step: { name: 'too-many-redirects' } })
  })
})

describe('what a script can read', () => {
  const FIELDS: FieldList = [
    ['access-control-allow-origin', PAGE],
    ['access-control-allow-credentials', 'true'],
    ['content-type', 'text/css'],
    ['set-cookie', 'a=1'],
    ['etag', '"1"'],
    ['content-range', 'bytes 0-1/2'],
  ]
  const exposed = (url: string, expose: string | undefined, credentials = false): readonly string[] => {
    const fields = expose === undefined ? FIELDS : [...FIELDS, ['access-control-expose-headers', expose] as const]
    return walk(page(url, { credentials }), () => ({ status: 206, fields })).end.exposed
  }
  test.each([
    ['safelisted names alone', undefined, false, ['content-type']],
    ['F22: what is exposed by name, in any case', 'ETag, Content-Range', false, ['content-range', 'content-type', 'etag']],
    ['all, with *, but cookies', '*', false, ['access-control-allow-credentials', 'access-control-allow-origin', 'access-control-expose-headers', 'content-range', 'content-type', 'etag']],
    ['* is a name with credentials', '*', true, ['content-type']],
    ['names with credentials', 'etag', true, ['content-type', 'etag']],
    ['Set-Cookie never', 'set-cookie', false, ['content-type']],
    ['nothing more for a list that is none', 'etag;x', false, ['content-type']],
  ])('%s', (_, expose, credentials, expected) => {
    expect(exposed('http://b.example/x', expose, credentials)).toEqual(expected)
  }) // biome-ignore format: a table
  test("of the page's own origin everything but cookies", () => {
    expect(exposed('http://a.example/x', undefined)).toEqual(['access-control-allow-credentials', 'access-control-allow-origin', 'content-range', 'content-type', 'etag']) // biome-ignore format: short
  })
})

describe('Timing-Allow-Origin', () => {
  const timing = (url: string, value?: string, site?: Site): string => {
    const fields: FieldList = [['access-control-allow-origin', '*'], ...(value === undefined ? [] : [['timing-allow-origin', value] as const])] // biome-ignore format: short
    return walk(page(url), site ?? (() => ({ status: 200, fields }))).end.timing
  }
  test.each([
    ['http://a.example/x', undefined, 'visible'],
    ['http://b.example/x', undefined, 'hidden'],
    ['http://b.example/x', '*', 'visible'],
    ['http://b.example/x', 'http://c.example, http://a.example', 'visible'],
    ['http://b.example/x', 'http://c.example', 'hidden'],
  ])('%s with %p: %s', (url, value, expected) => {
    expect(timing(url, value)).toBe(expected)
  })
  test('"If request\'s timing allow failed flag is set": one hop hides all', () => {
    const site = redirects({ 'http://b.example/1': 'http://b.example/2' }, (leg) => ({
      status: 200,
      fields: [['access-control-allow-origin', '*'], ...(leg.url.pathname === '/2' ? [['timing-allow-origin', '*'] as const] : [])],
    }))
    expect(timing('http://b.example/1', undefined, site)).toBe('hidden')
  }) // biome-ignore format: short
})
