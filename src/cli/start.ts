// `varyant start`: runs the edge until a signal.
//
// stdout has one line, when every listener accepts; everything else is on stderr.

import { existsSync } from 'node:fs'
import { ConfigError, type ResolvedConfig, resolveConfig } from '../config/index.ts'
import { type Running, startVaryant } from '../main.ts'
import { makeTelemetry } from '../telemetry/index.ts'
import { readConfigFile } from './config-file.ts'
import { parseStartFlags, type StartCommand } from './flags.ts'
import { stopSignal } from './signals.ts'
import { type ApiToken, getToken } from './token.ts'
import { version } from './version.ts'

const CONFIG_NAME = 'varyant.json'

/** Runs the verb with its words; answers the exit code. */
export async function start(words: readonly string[]): Promise<number> {
  const command = parseStartFlags(words)
  if (!command.ok) return complain(2, `${command.problem}; see "varyant --help"`)
  if (command.value.kind === 'help') return say((await import('./usage.ts')).USAGE)
  if (command.value.kind === 'version') return say(`${version()}\n`)
  let config: ResolvedConfig
  try {
    config = readConfig(command.value)
  } catch (cause) {
    if (cause instanceof ConfigError) return complain(2, ...cause.problems)
    throw cause
  }
  return run(config)
}

function readConfig({ config, flags }: Extract<StartCommand, { kind: 'start' }>): ResolvedConfig {
  if (config !== undefined) {
    const { json, baseDir } = readConfigFile(config)
    return resolveConfig(json, { baseDir, flags })
  }
  const resolved = resolveConfig(undefined, { flags })
  if (!existsSync(CONFIG_NAME)) return resolved
  const hint = `${CONFIG_NAME} is here but was not asked for; start with --config ${CONFIG_NAME} to use it`
  return { ...resolved, notices: [...resolved.notices, hint] }
}

async function run(config: ResolvedConfig): Promise<number> {
  const stopped = stopSignal()
  const telemetry = makeTelemetry({ accessLog: config.edge.accessLog })
  let token: ApiToken
  let running: Running
  try {
    token = getToken(config.dataDir, process.env)
    running = await startVaryant({ config, token: token.secret, events: telemetry.events })
  } catch (cause) {
    await telemetry.flush()
    if (cause instanceof ConfigError) return complain(2, ...cause.problems)
    const { explainFailure } = await import('./explain-failure.ts')
    return complain(1, await explainFailure(cause, config))
  }
  telemetry.events({ kind: 'notice', message: `the token of the API is in ${token.place}` })
  await telemetry.flush()
  if (config.demo) process.stderr.write(thingsToTry(running))
  await announce(readyLine(running))
  try {
    await running.loadRest()
    await stopped
  } finally {
    await running.stop()
    await telemetry.flush()
  }
  return 0
}

function readyLine({ edgeUrl, apiUrl, httpsUrl }: Running): string {
  const https = httpsUrl === undefined ? '' : ` https=${httpsUrl}`
  return `varyant ready edge=${edgeUrl} api=${apiUrl}${https}\n`
}

function thingsToTry({ edgeUrl }: Running): string {
  return `A demo origin stands in for yours (name yours with --origin URL).  Try:
  curl -si ${edgeUrl}/style.css                                   # twice: MISS, then HIT
  curl -si -H 'Origin: https://a.example' ${edgeUrl}/reflect.js   # each Origin has its own copy and grant
  curl -si ${edgeUrl}/slow.css                                    # a second the first time, at once the next
`
}

/** By a sink: `process.stdout` would load all of Node's streams before the line is out. */
async function announce(line: string): Promise<void> {
  const sink = Bun.stdout.writer()
  sink.write(line)
  await sink.flush()
}

function say(text: string): 0 {
  process.stdout.write(text)
  return 0
}

function complain(code: 1 | 2, ...sentences: readonly string[]): 1 | 2 {
  for (const sentence of sentences) process.stderr.write(`varyant: ${sentence}\n`)
  return code
}
