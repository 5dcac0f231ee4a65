import { expect, test } from 'bun:test'
import { relayLines } from './whole-lines.ts'

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['lines of one chunk go together', ['a\nb\n'], ['a\nb']],
  ['a line in several chunks goes whole', ['a', 'b', 'c\nd\n'], ['abc\nd']],
  ['what follows the last line waits for its end', ['a\nb', 'c\n'], ['a', 'bc']],
  ['a line without an end is told when its process is gone', ['a\nbroken'], ['a', 'broken']],
  ['empty lines stay', ['\n\n'], ['\n']],
  ['nothing is nothing', [], []],
]

test.each(CASES)('%s', async (_, chunks, expected) => {
  const heard: string[] = []
  await relayLines(streamOf(...chunks.map((text) => new TextEncoder().encode(text))), (lines) => heard.push(lines))
  expect(heard).toEqual([...expected])
})

test('a character that is cut in two is whole again', async () => {
  const heard: string[] = []
  const bytes = new TextEncoder().encode('é\n')
  await relayLines(streamOf(bytes.slice(0, 1), bytes.slice(1)), (lines) => heard.push(lines))
  expect(heard).toEqual(['é'])
})

test('a line without an end does not fill the memory', async () => {
  const heard: string[] = []
  const chunk = new Uint8Array(512 * 1024).fill(0x61)
  await relayLines(streamOf(chunk, chunk, chunk, chunk, new TextEncoder().encode('\nb\n')), (lines) =>
    heard.push(lines),
  )
  expect(heard.join('').length).toBeLessThan(1024 * 1024)
  expect(heard.at(-1)).toEndWith('\nb')
})

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}
