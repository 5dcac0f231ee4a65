// Workers and Snippets of varyant.json, from files to answers.

import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Edge, startEdge, ZONE } from '../support/edge/index.ts'
import { makeScratch, type RequestOptions, request, startOrigin } from '../support/index.ts'

const WORKER = `export default { fetch: (request, env) => new Response('worker says ' + env.GREETING + ' to ' + (request.headers.get('x-by') ?? 'nobody')) }`
const SNIPPET = `export default { async fetch(request) {
  const marked = new Request(request)
  marked.headers.set('x-by', 'snippet')
  return fetch(marked)
} }`

const get = (edge: Edge, path: string, options: RequestOptions = {}) =>
  request(`${edge.url}${path}`, { ...options, fields: [['Host', ZONE]] })

test('a file’s Worker and Snippet run, and so they do after a restart, until it names them no longer', async () => {
  await using scratch = await makeScratch()
  await using origin = await startOrigin()
  origin.on('*', (asked) => ({ body: `origin, by ${asked.field('x-by') ?? 'nobody'}` }))
  const [main, file, data] = ['worker.js', 'mark.js', 'data'].map((name) => join(scratch.path, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(main, WORKER)
  writeFileSync(file, SNIPPET)
  const zone = { name: ZONE, origins: { '*': origin.url } }
  const scripts = {
    workers: [
      { name: 'hello', main, routes: [`${ZONE}/hello/*`], compatibility_date: '2026-11-01', vars: { GREETING: 'hi' } },
    ],
    snippets: [{ name: 'mark', file, expression: 'http.request.uri.path contains "marked"' }],
  }
  {
    await using edge = await startEdge({ zones: [{ ...zone, more: scripts }], data })
    expect((await get(edge, '/hello/plain')).text).toBe('worker says hi to nobody')
    expect((await get(edge, '/hello/marked')).text).toBe('worker says hi to snippet')
    expect((await get(edge, '/marked')).text).toBe('origin, by snippet')
    expect((await get(edge, '/else')).text).toBe('origin, by nobody')
  }
  {
    await using again = await startEdge({ zones: [{ ...zone, more: scripts }], data })
    expect((await get(again, '/hello/marked')).text).toBe('worker says hi to snippet')
  }
  await using without = await startEdge({ zones: [zone], data })
  expect((await get(without, '/hello/marked')).text).toBe('origin, by nobody')
}, 20_000)
