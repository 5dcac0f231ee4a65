import { expect, test } from 'bun:test'
import { makeMemoryDocuments } from './memory-documents.ts'

test('a change is one revision, seen by its own reads and told to listeners', () => {
  const documents = makeMemoryDocuments()
  const seen: number[] = []
  const stop = documents.onChange((revision) => seen.push(revision))
  const answer = documents.change((draft) => {
    draft.write('b/2', { a: [1] })
    draft.write('b/1', 1)
    draft.write('c', 1)
    draft.remove('c')
    return [draft.read('b/1'), draft.list('b/').length, documents.read('b/1')]
  })
  stop()
  expect(answer).toEqual([1, 2, undefined])
  expect(documents.list('b/')).toEqual([
    ['b/1', 1],
    ['b/2', { a: [1] }],
  ])
  expect([documents.read('c'), documents.revision, seen]).toEqual([undefined, 1, [1]])
})

test('a change that throws changes nothing', () => {
  const documents = makeMemoryDocuments()
  const failing = () =>
    documents.change((draft) => {
      draft.write('a', 1)
      throw new Error('no')
    })
  expect(failing).toThrow('no')
  expect([documents.read('a'), documents.revision]).toEqual([undefined, 0])
})

test("a document is frozen, and no longer the writer's", () => {
  const documents = makeMemoryDocuments()
  const value = { list: [1] }
  documents.change((draft) => draft.write('a', value))
  value.list.push(2)
  const read = documents.read('a') as typeof value
  expect(read).toEqual({ list: [1] })
  expect(() => read.list.push(3)).toThrow()
})
