import { describe, expect, test } from 'bun:test'
import { runSteps } from './dns-steps.ts'
import { type DocumentsDraft, makeMemoryDocuments } from './documents.ts'

const ZONE = { id: '0'.repeat(32), name: 'example.com' }
const post = (name: string, more: object = {}) =>
  ({ kind: 'post', json: { type: 'A', name, content: '192.0.2.1', ...more } }) as const

/** Runs the steps over the records that `before` makes, and tells how often the zone's records were listed. */
function run(steps: Parameters<typeof runSteps>[2]['steps'], before: readonly string[] = []) {
  const documents = makeMemoryDocuments()
  documents.change((draft) => runSteps(draft, ZONE, { steps: before.map((name) => post(name)), now: 1 }))
  let lists = 0
  const result = documents.change((draft) => {
    const counting: DocumentsDraft = {
      ...draft,
      list: (prefix) => {
        lists += 1
        return draft.list(prefix)
      },
    }
    return runSteps(counting, ZONE, { steps, now: 2 })
  })
  return { result, lists }
}

describe('the steps of a batch', () => {
  test('look at the records that are there once, however many steps there are', () => {
    const { result, lists } = run(
      Array.from({ length: 50 }, (_, i) => post(`new${i}`)),
      ['a', 'b'],
    )
    expect([result.ok, lists]).toEqual([true, 1])
  })

  test('see what the steps before them made, moved and removed', () => {
    const { result } = run([post('a'), post('a')])
    expect(result).toMatchObject({ ok: false, problem: { step: 1, problem: { kind: 'identical' } } })
    const made = run([post('a')]).result
    const id = made.ok ? (made.value[0]?.id ?? '') : ''
    expect(id).toMatch(/^[0-9a-f]{32}$/)
  })

  test('that rename a record make room under its name, and take it under the other', () => {
    const documents = makeMemoryDocuments()
    const change = (steps: Parameters<typeof runSteps>[2]['steps']) =>
      documents.change((draft) => runSteps(draft, ZONE, { steps, now: 1 }))
    const made = change([post('a')])
    const id = made.ok ? (made.value[0]?.id ?? '') : ''
    const alias = { type: 'CNAME', content: 'other.test' }
    expect(change([{ kind: 'patch', id, json: { name: 'b' } }, post('a', alias)]).ok).toBe(true)
    expect(change([post('b', alias)])).toMatchObject({ ok: false, problem: { problem: { kind: 'host-taken' } } })
    expect(change([{ kind: 'delete', id }, post('b', alias)]).ok).toBe(true)
    expect(change([{ kind: 'delete', id }])).toMatchObject({
      ok: false,
      problem: { problem: { kind: 'unknown-record' } },
    })
  })
})
