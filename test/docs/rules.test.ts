// docs/rules.md against the tables of the code.

import { expect, test } from 'bun:test'
import { rulesReference } from '../../src/rulesets/index.ts'
import { withRulesTables } from './rules.ts'
import { RULES } from './source-texts.ts'

test('docs/rules.md has the tables of the code; `npm run docs` writes it', async () => {
  const document = await Bun.file(RULES).text()
  expect(document).toBe(withRulesTables(document, rulesReference()))
  for (const { name } of rulesReference().fields) expect(document).toContain(`\`${name}\``)
})

test('a document without the place for a table is refused', () => {
  expect(() => withRulesTables('# Rules', rulesReference())).toThrow('lacks the line')
})
