// docs/deviations.md against the source, and how marks are read.

import { describe, expect, test } from 'bun:test'
import { findDeviations, withDeviations } from './deviations.ts'
import { DEVIATIONS, readSourceTexts } from './source-texts.ts'

test('docs/deviations.md has every mark of the source; `npm run docs` writes it', async () => {
  const found = findDeviations(await readSourceTexts())
  expect(found.length).toBeGreaterThan(0)
  const document = await Bun.file(DEVIATIONS).text()
  expect(document).toBe(withDeviations(document, found))
})

describe('a mark', () => {
  const read = (text: string) => findDeviations([{ path: 'src/a.ts', text }]).map(({ from, what }) => [from, what])

  test.each([
    ['in a line comment', '// DEVIATION CF x/y: differs.\nconst a = 1', [['CF x/y', 'differs.']]],
    ['over several lines', '// DEVIATION CF x/y: it\n// differs; docs.\nfoo()', [['CF x/y', 'it differs; docs.']]],
    ['in a doc comment', '/**\n * Text.\n *\n * DEVIATION RFC 9111 §5.2: no.\n */\nfoo()', [['RFC 9111 §5.2', 'no.']]],
    ['that ends at an empty comment line', '// DEVIATION CF x: a\n//\n// More.', [['CF x', 'a']]],
    ['after another', '// DEVIATION CF x: a\n// DEVIATION CF y: b', [['CF x', 'a'], ['CF y', 'b']]], // biome-ignore format: a table
    ['at the end of a file', 'foo()\n// DEVIATION CF x: a', [['CF x', 'a']]],
    ['that is only mentioned', "// says `DEVIATION`\nconst a = 'DEVIATION CF x: a'", []],
  ] as const)('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected.map((each) => [...each]))
  })

  test('without "FROM: WHAT" is refused', () => {
    expect(() => read('// DEVIATION somehow')).toThrow('src/a.ts: "DEVIATION somehow"')
  })
})

test('a document without the place for the list is refused', () => {
  expect(() => withDeviations('# Deviations', [])).toThrow('lacks the line')
})
