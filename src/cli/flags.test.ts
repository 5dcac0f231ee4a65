import { describe, expect, test } from 'bun:test'
import { parseStartFlags } from './flags.ts'

describe('the words after start', () => {
  test('set what they name', () => {
    const words = [
      '--origin',
      'http://h',
      '--config=c.json',
      '--listen',
      ':1',
      '--api',
      ':2',
      '--data',
      'd',
      '--no-access-log',
    ]
    expect(parseStartFlags(words)).toEqual({
      ok: true,
      value: {
        kind: 'start',
        config: 'c.json',
        flags: { origin: 'http://h', listen: ':1', api: ':2', data: 'd', accessLog: false },
      },
    })
  })

  test('may be none', () => {
    expect(parseStartFlags([])).toMatchObject({ ok: true, value: { kind: 'start', config: undefined } })
  })

  test.each([
    ['--help', 'help'],
    ['-h', 'help'],
    ['--version', 'version'],
    ['-v', 'version'],
  ])('%s asks for the %s', (word, kind) => {
    expect(parseStartFlags([word])).toMatchObject({ ok: true, value: { kind } })
  })

  test.each([
    ['an unknown flag', ['--orgin', 'http://h'], '--orgin is not an option of start'],
    ['an unknown short flag', ['-x'], '-x is not an option of start'],
    ['a name of every object', ['--constructor'], '--constructor is not an option of start'],
    ['a stray word', ['http://h'], '"http://h" is not an option of start'],
    ['a word behind --', ['--', 'x'], '"x" is not an option of start'],
    ['a flag without its value', ['--origin'], '--origin needs a value'],
    ['a flag with an empty value', ['--data='], '--data needs a value'],
    ['a flag whose value is another flag', ['--origin', '--listen', ':1'], '--origin needs a value'],
    ['a switch with a value', ['--no-access-log=yes'], '--no-access-log takes no value'],
    ['a flag twice', ['--data', 'a', '--data', 'b'], '--data is given twice; give it once'],
  ])('are refused with %s', (_, words, problem) => {
    expect(parseStartFlags(words)).toEqual({ ok: false, problem })
  })
})
