// `npm run bench`: Varyant beside nginx and Varnish, in one run on one machine.
//
// The figure is processor time for each request, not requests per second: a server that is alone on its core can serve
// one over that many, and the load generator's own speed does not enter.
//
//   scenarios.ts   what is measured, and the targets
//   contenders/    how each server is started
//   measure.ts     one scenario's rounds; rounds.ts judges them
//   footprint.ts   memory and start of Varyant alone
//   report.ts      table and JSON, written to results/

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contender, ContenderName, Surroundings } from './contender.ts'
import { startBareBun } from './contenders/bare-bun.ts'
import { startNginx } from './contenders/nginx.ts'
import { startVarnish } from './contenders/varnish.ts'
import { startVaryant } from './contenders/varyant.ts'
import { BenchFailure } from './failure.ts'
import { measureIdle, measureVariantBytes } from './footprint.ts'
import { type Bench, measureScenario } from './measure.ts'
import { type Options, parseOptions, USAGE } from './options.ts'
import { startOrigin } from './origin.ts'
import { assertMachine, describeMachine, LOAD_CORE } from './processor.ts'
import { judge, type Report, renderMarkdown } from './report.ts'
import { FOOTPRINTS, NAMES, SCENARIOS, type Scenario } from './scenarios.ts'
import { findTools, type Tool } from './tools.ts'
import { readVersions } from './versions.ts'

/** What must be stopped or removed at the end, whatever happens; the latest first. */
type Cleanup = (() => void | Promise<void>)[]

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args)
  if (options === 'help') {
    process.stdout.write(USAGE)
    return
  }
  assertMachine()
  const cleanup: Cleanup = []
  const undo = async (): Promise<void> => {
    for (const step of cleanup.splice(0).reverse()) await step()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void undo().then(() => process.exit(1)))
  try {
    const report = await run(options, cleanup)
    const markdown = renderMarkdown(report)
    const path = writeResults(report, markdown, options)
    process.stdout.write(options.output === 'json' ? `${JSON.stringify(report, null, 2)}\n` : `${markdown}\n`)
    say(`written to ${path}.md and ${path}.json`)
  } finally {
    await undo()
  }
}

async function run(options: Options, cleanup: Cleanup): Promise<Report> {
  const scenarios: readonly Scenario[] = SCENARIOS.filter((scenario) => options.only.has(scenario.name))
  const tools = findTools(toolsFor(scenarios))
  const program = (tool: Tool): string => tools[tool] ?? tool
  const directory = mkdtempSync(join(tmpdir(), 'varyant-bench-'))
  cleanup.push(() => rmSync(directory, { recursive: true, force: true }))
  pinSelf()
  const origin = await startOrigin(program('nginx'), directory)
  cleanup.push(() => origin.stop())
  const around = { directory, origin: origin.url, ...makeCertificate(directory) }
  const bench: Bench = { origin, rounds: options.rounds, duration: options.duration, say }
  // Footprints first: they want the quiet before the load.
  const footprints = await measureFootprints(options, program('node'), around)
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    versions: await readVersions(
      options.checkout,
      scenarios.map((scenario) => scenario.peer),
      program,
    ),
    rounds: options.rounds,
    seconds: options.duration,
    scenarios: await measureScenarios(bench, scenarios, options, program, around, cleanup),
    footprints,
  }
}

async function measureScenarios(
  bench: Bench,
  scenarios: readonly Scenario[],
  options: Options,
  program: (tool: Tool) => string,
  around: Surroundings,
  cleanup: Cleanup,
): Promise<Report['scenarios']> {
  const start: Record<ContenderName, () => Promise<Contender>> = {
    varyant: () => startVaryant(program('node'), options.checkout, around),
    nginx: () => startNginx(program('nginx'), around),
    varnish: () => startVarnish(program('varnishd'), around),
    bun: () => startBareBun(around),
  }
  const running = new Map<ContenderName, Contender>()
  const get = async (name: ContenderName): Promise<Contender> => {
    const contender = running.get(name) ?? (await start[name]())
    if (!running.has(name)) cleanup.push(() => contender.stop())
    running.set(name, contender)
    return contender
  }
  const results = []
  for (const scenario of scenarios) {
    say(`${scenario.title} against ${scenario.peer}`)
    const contenders = [await get('varyant'), await get(scenario.peer), await get('bun')]
    const figure = await measureScenario(bench, scenario, contenders)
    results.push({ scenario, figure, verdict: judge(figure.ratio?.median, scenario.target) })
  }
  return results
}

async function measureFootprints(options: Options, node: string, around: Surroundings): Promise<Report['footprints']> {
  const { only, checkout } = options
  const found: [keyof typeof FOOTPRINTS, number][] = []
  if (only.has('memory') || only.has('start')) {
    const idle = await measureIdle(node, checkout, around)
    if (only.has('memory')) found.push(['memory', idle.edgeBytes / 1e6], ['launcher', idle.launcherBytes / 1e6])
    if (only.has('start')) found.push(['start', idle.readyMillis])
  }
  if (only.has('variant')) found.push(['variant', await measureVariantBytes(checkout)])
  return found.map(([key, value]) => {
    const footprint = FOOTPRINTS[key]
    return { footprint, value, verdict: judge(value, footprint.target) }
  })
}

function toolsFor(scenarios: readonly Scenario[]): Set<Tool> {
  const tools = new Set<Tool>(['node', 'nginx', 'taskset', 'openssl'])
  for (const scenario of scenarios) {
    tools.add(scenario.load.protocol === 'h2' ? 'h2load' : 'wrk')
    if (scenario.peer === 'varnish') tools.add('varnishd').add('cc')
  }
  return tools
}

/** This script and the load generators that it starts keep off the server's core. */
function pinSelf(): void {
  Bun.spawnSync(['taskset', '-a', '-c', '-p', String(LOAD_CORE), String(process.pid)])
}

function makeCertificate(directory: string): Pick<Surroundings, 'certificate' | 'certificateKey'> {
  const [certificate, certificateKey] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
  const made = Bun.spawnSync([
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-keyout', certificateKey, '-out', certificate],
  ])
  if (!made.success) throw new BenchFailure(`openssl made no certificate:\n${made.stderr.toString()}`)
  return { certificate, certificateKey }
}

/** Writes markdown and JSON, and answers their path without the extension; a partial run never replaces a whole one. */
function writeResults(report: Report, markdown: string, options: Options): string {
  const directory = join(import.meta.dir, 'results')
  mkdirSync(directory, { recursive: true })
  const part = options.only.size === NAMES.length ? '' : `-${[...options.only].join('-')}`
  const path = join(directory, `${report.date}${part}`)
  writeFileSync(`${path}.md`, markdown)
  writeFileSync(`${path}.json`, `${JSON.stringify(report, null, 2)}\n`)
  return path
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

try {
  await main(Bun.argv.slice(2))
} catch (error) {
  // Reported as a sentence when its reader can mend it, with its trace when the benchmark itself is wrong.
  say(error instanceof BenchFailure ? `bench: ${error.message}` : String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
}
