// Live traces of a Worker, as wrangler reads them: frames of `trace-v1` with what the runtime tells of each invocation.
// CF workers/observability/logs/real-time-logs

import { expect, test } from 'bun:test'
import { ACCOUNT_ID, startWithWorker, until, ZONE } from '../support/edge/index.ts'

type Trace = Readonly<Record<string, unknown>> & {
  readonly event: {
    readonly request: { readonly url: string; readonly method: string }
    readonly response?: { readonly status: number }
  }
}

test('a tail tells of logs, of exceptions, and of what was asked and answered', async () => {
  await using scene = await startWithWorker(`console.log('seen', { a: 1 }); console.error('bad')
    if (request.url.endsWith('/boom')) throw new TypeError('boom')
    return new Response('fine', { status: 201 })`)
  const tail = await scene.edge.api('POST', `/accounts/${ACCOUNT_ID}/workers/scripts/worker/tails`, { filters: [] })
  const { url } = (tail.json as { result: { url: string } }).result
  const socket = new WebSocket(url, 'trace-v1')
  const traces: Trace[] = []
  socket.addEventListener('message', ({ data }) => traces.push(JSON.parse(String(data)) as Trace))
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  expect(socket.protocol).toBe('trace-v1')
  await until('a request is told of', async () => {
    // The process is started anew for its first listener.
    await scene.request('/page?q=1', { method: 'POST', body: 'x' })
    return traces.length > 0
  })
  const [fine] = traces
  expect(fine).toMatchObject({
    scriptName: 'worker',
    outcome: 'ok',
    exceptions: [],
    logs: [
      { level: 'log', message: ['seen', { a: 1 }] },
      { level: 'error', message: ['bad'] },
    ],
    event: { request: { url: `http://${ZONE}/page?q=1`, method: 'POST' }, response: { status: 201 } },
  })
  expect(typeof fine?.eventTimestamp).toBe('number')
  await scene.get('/boom')
  await until('the exception is told of', () => traces.some(({ outcome }) => outcome === 'exception'))
  expect(traces.find(({ outcome }) => outcome === 'exception')).toMatchObject({
    exceptions: [{ name: 'TypeError', message: 'boom' }],
    event: { request: { url: `http://${ZONE}/boom` } },
  })
  socket.close()
}, 20_000)
