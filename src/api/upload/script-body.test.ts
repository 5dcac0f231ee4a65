import { expect, test } from 'bun:test'
import { boundaryOf, formOfScript } from './script-body.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test.each([
  ['a form', '----x1\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n----x1--', '--x1'],
  ['a script', 'addEventListener("fetch", () => {})', undefined],
  ['a script that begins with a decrement', '--x\r\nx()', undefined],
  ['a boundary that is too long', `--${'x'.repeat(71)}\r\nContent-Disposition: form-data`, undefined],
  ['nothing', '', undefined],
])('%s has the boundary %p', (_, text, boundary) => {
  expect(boundaryOf(bytesOf(text))).toBe(boundary)
})

test.each([
  ['application/javascript', { body_part: 'worker.js' }],
  ['application/javascript+module', { main_module: 'worker.js' }],
])('a script of the type %s is a form of %p', (type, metadata) => {
  const [first, second] = formOfScript(type, bytesOf('x'))
  expect(JSON.parse(new TextDecoder().decode(first?.content))).toEqual(metadata)
  expect(second).toMatchObject({ name: 'worker.js', type, content: bytesOf('x') })
})
