#!/usr/bin/env node
// Starts Varyant under plain Node (18 or later): hands everything over to the Bun binary that npm installed.
//
// Where Node can (22.15, 23.11), this process becomes Bun.  Elsewhere Bun is a child: it gets our signals, we end with its
// exit code, and by the channel between us it notices when we were killed, and ends too (src/cli/launched.ts).

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { findBun } from './find-bun.js'

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
/** An empty one: a bunfig.toml in the folder that Varyant is started from could make it run anything. */
const OWN_CONFIG = fileURLToPath(new URL('./bunfig.toml', import.meta.url))
const BUN_FLAGS = ['--no-env-file', `--config=${OWN_CONFIG}`, '--no-install']
/** Requests to origins under way at once; Bun's own limit is 256, and those beyond it would wait unseen. */
const MAX_ORIGIN_REQUESTS = '65336'
/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP']

try {
  start(findBun())
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

/** @param {string} bun */
function start(bun) {
  const args = [...BUN_FLAGS, MAIN, ...process.argv.slice(2)]
  const env = { BUN_CONFIG_MAX_HTTP_REQUESTS: MAX_ORIGIN_REQUESTS, ...process.env }
  // Not in the types of the oldest Node that is supported.
  const { execve } = /** @type {{ execve?: (file: string, args: string[], env: NodeJS.ProcessEnv) => void }} */ (
    process
  )
  if (execve !== undefined && process.platform !== 'win32') execve(bun, [bun, ...args], env)
  const child = spawn(bun, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal))
  child.on('error', ({ message }) => fail(`${bun} cannot be started: ${message}; run "npm ci" again on this machine`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`varyant: ${message}\n`)
  process.exit(1)
}
