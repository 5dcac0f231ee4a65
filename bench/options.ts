// The command line of a run.

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Seconds, seconds } from '../src/base/index.ts'
import { BenchFailure } from './failure.ts'
import { NAMES } from './scenarios.ts'

export const USAGE = `usage: npm run bench -- [options]

  --only a,b      measure only these: ${NAMES.join(', ')}
  --rounds N      rounds that must count for each figure (3)
  --seconds N     length of each load (3)
  --checkout DIR  measure the Varyant of another checkout (this one)
  --json          print JSON in place of the table
  --help          print this
`

export type Options = {
  readonly only: ReadonlySet<string>
  readonly rounds: number
  readonly duration: Seconds
  readonly checkout: string
  readonly output: 'table' | 'json'
}

const MAX_ROUNDS = 100
const MAX_DURATION_SECONDS = 300

/** The options that the arguments name, or `help`.  Fails on anything it does not know. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const values = readArguments(args)
  if (values.help === true) return 'help'
  return {
    only: readNames(values.only),
    rounds: readCount('rounds', values.rounds, MAX_ROUNDS),
    duration: seconds(readCount('seconds', values.seconds, MAX_DURATION_SECONDS)),
    checkout: resolve(values.checkout),
    output: values.json === true ? 'json' : 'table',
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', default: NAMES.join(',') },
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '3' },
        checkout: { type: 'string', default: resolve(import.meta.dir, '..') },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new BenchFailure(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, { cause: error })
  }
}

function readNames(list: string): ReadonlySet<string> {
  const names = list.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !NAMES.includes(name))
  if (unknown.length > 0)
    throw new BenchFailure(`--only does not know ${unknown.join(', ')}; it knows ${NAMES.join(', ')}`)
  return new Set(names)
}

function readCount(option: string, text: string, most: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= most) return count
  throw new BenchFailure(`--${option} is "${text}"; it must be a whole number from 1 to ${most}`)
}
