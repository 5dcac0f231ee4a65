// The drawings of what is wrong with an expression.  Each `.txt` file here is a series of cases: an expression, a line of
// dashes, the drawings, a line of equals signs.  `UPDATE_GOLDEN=1 npm test -- test/golden/rules` writes the drawings anew.

import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { compileFilter, compileValue, STRING } from '../../../src/rules/index.ts'
import { rulesScheme } from '../../support/rules.ts'

const FOLDER = new URL('.', import.meta.url)
const DASHES = '\n----\n'
const EQUALS = '\n====\n'

function draw(expression: string, kind: 'filter' | 'value'): string {
  const compiled =
    kind === 'filter'
      ? compileFilter(expression, rulesScheme)
      : compileValue(expression, rulesScheme, { expected: STRING })
  return compiled.ok ? 'accepted\n' : compiled.problem.map(({ text }) => text).join('')
}

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.txt'))) {
  const file = new URL(name, FOLDER)
  const kind = name.startsWith('value') ? 'value' : 'filter'
  const cases = readFileSync(file, 'utf8')
    .split(EQUALS)
    .filter((part) => part !== '')
    .map((part) => part.split(DASHES))

  describe(name, () => {
    test.each(cases.map(([expression = '', drawing = '']) => [expression, drawing] as const))(
      '%s',
      (expression, drawing) => {
        if (process.env.UPDATE_GOLDEN === undefined) expect(draw(expression, kind).trimEnd()).toBe(drawing)
      },
    )
  })

  if (process.env.UPDATE_GOLDEN !== undefined) {
    const text = cases.map(([expression = '']) => expression + DASHES + draw(expression, kind).trimEnd() + EQUALS)
    writeFileSync(file, text.join(''))
  }
}
