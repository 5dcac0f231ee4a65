// `npm test`: lint, types, import layers and every test, then one line `N passed, N failed` and an exit code.
//
//   npm test                     everything
//   npm test -- src/http         only the tests whose path contains this; further arguments go to `bun test`
//   npm run check                only what reads the code without running it
//
// Plain Node >= 18.  A step that fails does not stop the next one: one run tells all there is to mend.  Steps count as
// one test each, so that the last line never says "0 failed" when the run failed.  Progress goes to stderr.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBun } from '../bin/find-bun.js'
import { finalLine, parseSummary, sum } from './test-summary.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** A run that is not done by then hangs; it is ended and fails. */
const DEADLINE_MILLIS = 9.5 * 60 * 1000
const STARTED = Date.now()
/** For one test: many start processes, and a machine may be busy with other things. */
const TEST_LIMIT_MILLIS = 30_000

/** The parts of package.json's `scripts` that are a step each, so that their commands are written once. */
const STATIC_STEPS = /** @type {const} */ (['lint', 'typecheck'])

const LAYER_TESTS = './test/layers'
const ALL_TESTS = ['./src', './test', './bench']

/** @typedef {import('./test-summary.js').Counts} Counts */

const args = process.argv.slice(2)
process.exitCode = await main()

/** @returns {Promise<number>} */
async function main() {
  const results = []
  try {
    const bun = findBun()
    if (args[0] === '--static') {
      results.push(...(await staticSteps()), await testStep(bun, [LAYER_TESTS]))
    } else if (args.length > 0) {
      results.push(await testStep(bun, args))
    } else {
      results.push(...(await staticSteps()), await testStep(bun, ALL_TESTS))
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    results.push({ passed: 0, failed: 1, skipped: 0 })
  }
  const total = sum(results)
  process.stdout.write(`${finalLine(total)}\n`)
  return total.failed === 0 ? 0 : 1
}

/** @returns {Promise<Counts[]>} */
async function staticSteps() {
  const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts
  const results = []
  for (const name of STATIC_STEPS) {
    say(`--- ${name}: ${scripts[name]}`)
    const { code } = await run(scripts[name], [], true)
    if (code !== 0) say(`--- ${name} failed`)
    results.push({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 })
  }
  return results
}

/**
 * @param {string} bun
 * @param {readonly string[]} what paths and options for `bun test`
 * @returns {Promise<Counts>}
 */
async function testStep(bun, what) {
  say(`--- bun test ${what.join(' ')}`)
  const { code, output } = await run(bun, ['test', `--timeout=${TEST_LIMIT_MILLIS}`, ...what], false)
  return parseSummary(output, code)
}

/**
 * Runs a command with its output passed on to stderr; the code is null when a signal or the deadline ended it.
 *
 * @param {string} command
 * @param {readonly string[]} commandArgs
 * @param {boolean} shell
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function run(command, commandArgs, shell) {
  const path = `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`
  const child = spawn(command, commandArgs, {
    cwd: ROOT,
    shell,
    env: { ...process.env, PATH: path, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text) => {
      output += text
      process.stderr.write(text)
    })
  }
  const deadline = setTimeout(
    () => {
      say(`--- not done after ${DEADLINE_MILLIS / 60_000} minutes: ended`)
      child.kill('SIGKILL')
    },
    Math.max(0, STARTED + DEADLINE_MILLIS - Date.now()),
  )
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      clearTimeout(deadline)
      // A grandchild that outlives its parent may hold the pipes; what is written by now is what counts.
      setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
        resolve({ code, output })
      }, 100)
    })
  })
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`)
}
