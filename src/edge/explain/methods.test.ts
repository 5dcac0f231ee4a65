import { expect, test } from 'bun:test'
import { METHODS } from 'node:http'
import { connect } from 'node:net'
import { isHandedOn } from './methods.ts'

test('the listener answers a method, or closes the connection, as is written here', async () => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('x') })
  const isAnswered = (method: string): Promise<boolean> =>
    new Promise((resolve) => {
      let text = ''
      const socket = connect(server.port ?? 0, '127.0.0.1', () => {
        socket.write(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      })
      socket.on('data', (piece) => {
        text += piece.toString('latin1')
      })
      socket.on('close', () => resolve(text.startsWith('HTTP/1.1 200')))
    })
  const others = ['patch', 'Patch', 'query', 'FOO', 'X-Y', 'get', 'TRACK', 'BREW']
  for (const method of [...METHODS, ...others]) {
    expect([method, isHandedOn(method)]).toEqual([method, await isAnswered(method)])
  }
  await server.stop(true)
})
