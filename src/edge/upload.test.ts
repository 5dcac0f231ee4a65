// Request content that nobody announced the length of is counted; what was announced is limit-upload's matter.

import { describe, expect, test } from 'bun:test'
import { EdgeError } from '../base/index.ts'
import { limitedContent } from './upload.ts'

function upload(chunks: readonly string[], onCancel: (reason: unknown) => void = () => undefined): Request {
  const left = [...chunks]
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = left.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(Buffer.from(chunk))
    },
    cancel: onCancel,
  })
  return new Request('http://a/', { method: 'POST', body })
}

const faultOf = (stream: ReadableStream<Uint8Array> | null): Promise<unknown> =>
  new Response(stream).text().catch((cause: unknown) => cause)

describe('content without a length', () => {
  test.each([
    ['less than the limit', ['ab', 'c'], 'abc'],
    ['exactly the limit', ['ab', 'cd', 'e'], 'abcde'],
    ['none', [], ''],
  ])('of %s passes', async (_, chunks, expected) => {
    expect(await new Response(limitedContent(upload(chunks), 5)).text()).toBe(expected)
  })

  test('of one byte more ends with a fault of the client, and nothing more is taken from it', async () => {
    let cancelled: unknown
    const content = limitedContent(
      upload(['abc', 'def', 'ghi'], (reason) => {
        cancelled = reason
      }),
      5,
    )
    const fault = await faultOf(content)
    expect(fault).toBeInstanceOf(EdgeError)
    expect(fault).toMatchObject({ code: 'client-body-too-large', detail: 'content of more than 5 bytes' })
    await Bun.sleep(0)
    expect(cancelled).toBe(fault)
  })

  test('is let go when its reader leaves', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    await limitedContent(upload(['abc', 'def'], resolve), 100)?.cancel('gone')
    expect(await promise).toBe('gone')
  })
})

test('a request without content has none', () => {
  expect(limitedContent(new Request('http://a/'), 5)).toBeNull()
})

test('content of a known length passes as it is', async () => {
  const request = new Request('http://a/', { method: 'POST', body: 'abcdef', headers: { 'content-length': '6' } })
  expect(await new Response(limitedContent(request, 5)).text()).toBe('abcdef')
})
