// How long a start takes, and what an idle edge weighs.
//
//   npm run bench:start                              this checkout; prints the table
//   npm run bench:start -- --beside DIR              another checkout beside it, in turns
//   npm run bench:start -- --runs N                  N runs of each (20)
//
// Everything is started as a user does, by the launcher under plain Node, with an empty data directory, and not pinned: a start
// uses all cores.  Runs of two checkouts take turns, so that what else the machine does meets both.  Processor time, of the
// whole process tree, stands beside the time on the clock because a busy machine lengthens only the latter.  What Node itself
// takes is a row of its own; NODE_EXTRA_CA_CERTS in the environment, say, triples it.

import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { endProcess } from './contender.ts'
import { parseReadyLine } from './contenders/varyant.ts'
import { BenchFailure } from './failure.ts'
import { describeMachine, processTree, residentBytes, treeTime } from './processor.ts'
import { judge } from './report.ts'
import { median } from './rounds.ts'

const TARGET_READY_MILLIS = 400
const TARGET_IDLE_MB = 90
/** After the ready line: what starting has left is loaded or collected, and periodic work has run. */
const IDLE_MILLIS = 5000
/** Memory varies little, and each look takes the time above. */
const WEIGHINGS = 3

/** Never asked: a start does not dial. */
const ORIGIN = 'http://127.0.0.1:9'

type Run = { readonly millis: number; readonly processorMillis: number }
type Row = {
  readonly title: string
  readonly unit: 'ms' | 'MB'
  readonly target: number | undefined
  /** For each checkout. */
  readonly values: readonly number[]
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { beside: { type: 'string' }, runs: { type: 'string', default: '20' } },
  })
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new BenchFailure(`--runs is "${values.runs}"; write a whole number`)
  const own = resolve(import.meta.dir, '..')
  const checkouts = values.beside === undefined ? [own] : [own, resolve(values.beside)]
  const load = loadavg()[0]
  process.stdout.write(render(await measure(checkouts, runs), runs, load ?? 0))
}

async function measure(checkouts: readonly string[], runs: number): Promise<Row[]> {
  const node = await inTurns(['-'], runs, () => runToEnd(['node', '-e', '0']))
  const version = await inTurns(checkouts, runs, (checkout) => runToEnd(['node', launcherOf(checkout), '--version']))
  const ready = await inTurns(checkouts, runs, (checkout) => startOnce(checkout))
  const weights = await inTurns(checkouts, WEIGHINGS, weigh)
  const row = (title: string, found: readonly (readonly Run[])[], target?: number): Row[] => [
    { title, unit: 'ms', target, values: found.map((each) => mid(each.map(({ millis }) => millis))) },
    {
      ...{ title: `${title}: processor`, unit: 'ms', target: undefined },
      values: found.map((each) => mid(each.map(({ processorMillis }) => processorMillis))),
    },
  ]
  return [
    ...row('Node alone', node),
    ...row('`varyant --version`', version),
    ...row('start to ready', ready, TARGET_READY_MILLIS),
    { title: 'idle memory', unit: 'MB', target: TARGET_IDLE_MB, values: weights.map(mid) },
  ]
}

/** Measures each checkout once, then each again: what was found, by checkout. */
async function inTurns<Found>(
  checkouts: readonly string[],
  turns: number,
  work: (checkout: string) => Promise<Found>,
): Promise<Found[][]> {
  const found = checkouts.map((): Found[] => [])
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [index, checkout] of checkouts.entries()) found[index]?.push(await work(checkout))
  }
  return found
}

async function runToEnd(command: readonly string[]): Promise<Run> {
  const begin = performance.now()
  const child = Bun.spawn([...command], { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' })
  const code = await child.exited
  const millis = performance.now() - begin
  if (code !== 0) throw new BenchFailure(`${command.join(' ')} failed:\n${await new Response(child.stderr).text()}`)
  // In microseconds, with the child's own children.
  return { millis, processorMillis: Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000 }
}

async function startOnce(checkout: string): Promise<Run> {
  const { run } = await whileRunning(checkout, async () => {})
  return run
}

async function weigh(checkout: string): Promise<number> {
  const { result } = await whileRunning(checkout, async (pid) => {
    await delay(IDLE_MILLIS)
    return residentBytes(processTree(pid).at(-1) ?? pid) / 1e6
  })
  return result
}

/** Starts the edge of a checkout, does the work while it runs, and stops it. */
async function whileRunning<Result>(
  checkout: string,
  work: (pid: number) => Promise<Result>,
): Promise<{ readonly run: Run; readonly result: Result }> {
  const data = mkdtempSync(join(tmpdir(), 'varyant-start-'))
  const log = join(data, 'stderr.log')
  const flags = ['--origin', ORIGIN, '--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--data', join(data, 'data')]
  const begin = performance.now()
  const child = Bun.spawn(['node', launcherOf(checkout), 'start', ...flags], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: Bun.file(log),
  })
  try {
    await untilReady(child.stdout, log)
    const run = { millis: performance.now() - begin, processorMillis: treeTime(child.pid) / 1000 }
    return { run, result: await work(child.pid) }
  } finally {
    await endProcess(child)
    rmSync(data, { recursive: true, force: true })
  }
}

async function untilReady(stdout: ReadableStream<Uint8Array>, log: string): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stdout) {
    text += decoder.decode(chunk, { stream: true })
    if (parseReadyLine(text) !== undefined) return
  }
  throw new BenchFailure(`the edge ended without a ready line; its log:\n${await Bun.file(log).text()}`)
}

function launcherOf(checkout: string): string {
  return join(checkout, 'bin', 'varyant.js')
}

function mid(values: readonly number[]): number {
  return median(values) ?? Number.NaN
}

function render(rows: readonly Row[], runs: number, load: number): string {
  const beside = rows.some(({ values }) => values.length > 1)
  const lines = rows.map(({ title, unit, target, values: [own, other] }) => {
    const figure = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(0)} ${unit}`)
    const goal = target === undefined ? '-' : `<= ${target} ${unit}`
    return `| ${title} | ${figure(own)} |${beside ? ` ${figure(other)} |` : ''} ${goal} | ${judge(own, target)} |`
  })
  return [
    `# Starting, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `${describeMachine()}; load average ${load.toFixed(1)} before; medians of ${runs} runs.`,
    '',
    `| what | this |${beside ? ' beside |' : ''} target | verdict |`,
    `| --- | --- |${beside ? ' --- |' : ''} --- | --- |`,
    ...lines,
    '',
  ].join('\n')
}

try {
  await main(Bun.argv.slice(2))
} catch (error) {
  process.stderr.write(error instanceof BenchFailure ? `bench: ${error.message}\n` : `${String(error)}\n`)
  process.exitCode = 1
}
