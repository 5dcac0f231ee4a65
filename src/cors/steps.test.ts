import { expect, test } from 'bun:test'
import { STEPS, type StepName, shown, stepTitle } from './steps.ts'

test.each(Object.keys(STEPS) as StepName[])(
  '%s has a section and a sentence that begins small and ends bare',
  (name) => {
    expect(stepTitle(name)).toMatch(
      /^(?:Main fetch|CORS check|CORS-preflight fetch|HTTP-network fetch|HTTP-redirect fetch): .*[^.]$/,
    )
  },
)

test('a value is shown in one line and cut', () => {
  expect(shown('a\r\nb')).toBe('"a\\r\\nb"')
  expect(shown('x'.repeat(500))).toHaveLength(125)
})
