import { describe, expect, test } from 'bun:test'
import { below, makeRandom, pick as pickFrom } from '../../test/support/random.ts'
import { makeRuleFacts } from '../../test/support/rule-facts.ts'
import { compileFilter, type Filter } from '../rules/index.ts'
import { makeRuleContext } from './context.ts'
import { SCHEME } from './fields.ts'
import { makeMatcher } from './matching.ts'

const compiled = new Map<string, Filter>()
function filterOf(text: string): Filter {
  const known = compiled.get(text)
  if (known !== undefined) return known
  const result = compileFilter(text, SCHEME)
  if (!result.ok) throw new Error(result.problem[0]?.text)
  compiled.set(text, result.value)
  return result.value
}

function matchesOf(filters: readonly Filter[], host: string, path: string): readonly number[] {
  const places: number[] = []
  makeMatcher(filters)(makeRuleContext(makeRuleFacts({ host, path })), (place) => {
    places.push(place)
    return 'go on'
  })
  return places
}

const HOSTS = ['a.test', 'b.test', 'c.test', 'd.test', 'A.test']
const SHAPES: readonly ((host: string, other: string) => string)[] = [
  (host) => `http.host eq "${host}"`,
  (host, other) => `http.host in {"${host}" "${other}"}`,
  (host) => `(http.host eq "${host}") and starts_with(http.request.uri.path, "/a")`,
  (host, other) => `http.host eq "${host}" or http.host eq "${other}"`,
  (host) => `http.host eq "${host}" or ssl`,
  (host) => `not http.host eq "${host}"`,
  (host) => `http.host ne "${host}"`,
  (host, other) => `http.host eq "${host}" and http.host eq "${other}"`,
  (host) => `http.host eq "${host}" xor starts_with(http.request.uri.path, "/a")`,
  () => 'starts_with(http.request.uri.path, "/a")',
  () => 'true',
  () => 'http.host in {}',
]

describe('rules are found by host', () => {
  test('with the matches and the order of a plain scan, whatever the rules', () => {
    const random = makeRandom(7)
    const pick = <Item>(items: readonly Item[]): Item => pickFrom(random, items)
    for (let round = 0; round < 300; round += 1) {
      const filters = Array.from({ length: below(random, 30) }, () => filterOf(pick(SHAPES)(pick(HOSTS), pick(HOSTS))))
      const [host, path] = [pick([...HOSTS, 'other.test']), pick(['/a', '/b'])]
      const context = makeRuleContext(makeRuleFacts({ host, path }))
      const scanned = filters.flatMap((filter, place) => (filter.test(context) ? [place] : []))
      expect(matchesOf(filters, host, path)).toEqual(scanned)
    }
  })

  test('without trying those of other hosts', () => {
    let tried = 0
    const filters = Array.from({ length: 300 }, (_, place) => {
      const filter = filterOf(`http.host eq "h${place}.test"`)
      const counting: Filter['test'] = (context) => {
        tried += 1
        return filter.test(context)
      }
      return { ...filter, test: counting }
    })
    expect([matchesOf(filters, 'h7.test', '/'), tried]).toEqual([[7], 1])
  })

  test('up to where the visitor stops', () => {
    const filters = Array.from({ length: 8 }, () => filterOf('http.host eq "a.test"'))
    const places: number[] = []
    makeMatcher(filters)(makeRuleContext(makeRuleFacts({ host: 'a.test' })), (place) => {
      places.push(place)
      return place === 1 ? 'stop' : 'go on'
    })
    expect(places).toEqual([0, 1])
  })
})
