// Fetch §HTTP-redirect fetch, and when Origin becomes `null`.

import { describe, expect, test } from 'bun:test'
import type { FieldList } from '../http/index.ts'
import { followRedirect, type RedirectedRequest } from './redirect.ts'

const PAGE = 'http://a.example'

function request(url: string, parts: Partial<RedirectedRequest> = {}): RedirectedRequest {
  const asked = new URL(url)
  return {
    ...{ url: asked, method: 'GET', headers: [], pageOrigin: PAGE },
    ...{ isCors: asked.origin !== PAGE, isTainted: false, redirects: 0 },
    ...parts,
  }
}
const to = (location: string, status = 302): { status: number; fields: FieldList } => ({
  status,
  fields: [['location', location]],
})
const follow = (from: RedirectedRequest, answer: { status: number; fields: FieldList }): RedirectedRequest => {
  const outcome = followRedirect(from, answer)
  if (outcome.kind !== 'follow') throw new Error(JSON.stringify(outcome))
  return outcome.next
}

describe('Origin is null once another origin leads on to a third', () => {
  test.each([
    ['a page to its own origin, on to another: not', 'http://a.example/1', 'http://b.example/', false],
    ['another origin to itself: not', 'http://b.example/1', '/2', false],
    ['another origin to a third: null', 'http://b.example/1', 'http://c.example/', true],
    ['another origin back to the page: null', 'http://b.example/1', 'http://a.example/', true],
    ['another port is another origin', 'http://b.example/1', 'http://b.example:81/', true],
    ['another scheme is another origin', 'http://b.example/1', 'https://b.example/', true],
  ])('%s', (_, from, location, expected) => {
    expect(follow(request(from), to(location)).isTainted).toBe(expected)
  })
  test('and stays so', () => {
    const tainted = follow(request('http://b.example/1'), to('http://c.example/2'))
    expect(follow(tainted, to('/3')).isTainted).toBe(true)
  })
  test('for an opaque page from the first change on', () => {
    expect(follow(request('http://b.example/1', { pageOrigin: 'null' }), to('http://c.example/')).isTainted).toBe(true)
  })
})

describe('what is not followed', () => {
  const nameOf = (from: RedirectedRequest, answer: { status: number; fields: FieldList }): string => {
    const outcome = followRedirect(from, answer)
    return outcome.kind === 'failed' ? outcome.step.name : outcome.kind
  }
  test.each([
    ['200 with Location', to('/2', 200), 'none'],
    ['300', to('/2', 300), 'none'],
    ['304', to('/2', 304), 'none'],
    ['"If locationURL is null, then return response."', { status: 302, fields: [] }, 'none'],
    ['"If locationURL is failure"', to('http://['), 'location-malformed'],
    [
      'two fields',
      {
        status: 302,
        fields: [
          ['location', 'http://b/'],
          ['location', 'http://b/'],
        ],
      },
      'follow',
    ],
    ['"not an HTTP(S) scheme"', to('data:,x'), 'location-scheme'],
    ['javascript', to('javascript:alert(1)'), 'location-scheme'],
    ['credentials to another origin', to('http://u:p@c.example/'), 'location-credentials'],
    ['credentials back to the page, since it is CORS by now', to('http://u@a.example/'), 'location-credentials'],
  ] as const)('%s: %p', (_, answer, expected) => {
    expect(nameOf(request('http://b.example/1'), answer)).toBe(expected)
  })
  test("credentials within the page's own origin are followed", () => {
    expect(nameOf(request('http://a.example/1'), to('http://u:p@a.example/2'))).toBe('follow')
  })
  test('Chromium follows none to a URL with credentials', () => {
    const outcome = followRedirect(request('http://a.example/1'), to('http://u:p@a.example/2'), 'chromium')
    expect(outcome).toMatchObject({ kind: 'failed', step: { name: 'location-credentials' } })
  })
  test('to Chromium an empty Location is none; by the standard it leads to the same URL', () => {
    expect(followRedirect(request('http://b.example/1'), to(''), 'chromium')).toEqual({ kind: 'none' })
    expect(follow(request('http://b.example/1'), to('')).url.href).toBe('http://b.example/1')
  })
  test('Chromium keeps a byte beyond ASCII; by the standard it becomes UTF-8', () => {
    expect(followRedirect(request('http://b.example/1'), to('/\u00e4'), 'chromium')).toMatchObject({
      next: { url: new URL('http://b.example/%E4') },
    })
    expect(follow(request('http://b.example/1'), to('/\u00e4')).url.href).toBe('http://b.example/%C3%A4')
  })
  test('"If request\'s redirect count is 20": the 21st', () => {
    expect(nameOf(request('http://b.example/1', { redirects: 19 }), to('/2'))).toBe('follow')
    expect(nameOf(request('http://b.example/1', { redirects: 20 }), to('/2'))).toBe('too-many-redirects')
  })
})

describe('method and headers of the next request', () => {
  const HEADERS: FieldList = [['content-type', 'text/plain'], ['authorization', 'x'], ['x-a', '1']] // biome-ignore format: short
  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [302, 'PUT', 'PUT'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ])('%p of a %s goes on as %s', (status, method, expected) => {
    const next = follow(request('http://b.example/1', { method, headers: HEADERS }), to('/2', status))
    expect(next.method).toBe(expected)
    const names = next.headers.map(([name]) => name)
    expect(names.includes('content-type')).toBe(expected === method)
    expect(names).toContain('authorization')
  })
  test('"CORS non-wildcard request-header name": Authorization does not go to another origin', () => {
    const next = follow(request('http://b.example/1', { headers: HEADERS }), to('http://c.example/'))
    expect(next.headers.map(([name]) => name)).toEqual(['content-type', 'x-a'])
  })
  test('the fragment is left out', () => {
    expect(follow(request('http://b.example/1'), to('/2#x')).url.href).toBe('http://b.example/2')
  })
})
