// docs/rules.md against the tables of the code.

import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { resolveConfig } from '../../src/config/index.ts'
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

test('its first example is a configuration without a mistake', async () => {
  const example = /```json\n(.*?)```/s.exec(await Bun.file(RULES).text())?.[1] ?? ''
  const { zones } = resolveConfig(JSON.parse(example))
  expect(zones[0]?.rules.rulesets.get('http_response_headers_transform')).toHaveLength(1)
})

test('its command prints what stands below it', async () => {
  const [, command = '', output = ''] = /```console\n\$ (.*?[^\\])\n(.*?)```/s.exec(await Bun.file(RULES).text()) ?? []
  const launcher = fileURLToPath(new URL('../../bin/varyant.js', import.meta.url))
  const child = Bun.spawn(['sh', '-c', command.replace('varyant', `node '${launcher}'`)], { stdout: 'pipe' })
  expect(await child.stdout.text()).toBe(output)
})
