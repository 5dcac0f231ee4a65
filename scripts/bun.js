// `node scripts/bun.js ARGUMENTS`: this project's own Bun, found where npm put it.  `npx bun` needs its install script.

import { spawnSync } from 'node:child_process'
import { findBun } from '../bin/find-bun.js'

try {
  const { status, signal, error } = spawnSync(findBun(), process.argv.slice(2), { stdio: 'inherit' })
  if (error !== undefined) throw error
  if (signal !== null) process.kill(process.pid, signal)
  process.exitCode = status ?? 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
