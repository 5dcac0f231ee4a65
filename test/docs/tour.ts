// Types the commands of a document, and puts what they print behind them.
//
// A command is a line that begins with "$ " in a block of kind `console`; what it printed follows it.

import { fileURLToPath } from 'node:url'
import { makeScratch, startEdgeProcess } from '../support/index.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const CORS_DOCUMENT = `${ROOT}docs/cors.md`

const BLOCK = /```console\n([\s\S]*?)```/g

/** Where the document says that the edge, the origin server and the API are. */
const EDGE = 'http://127.0.0.1:8080'
const ORIGIN = 'http://127.0.0.1:3000'
const API = 'http://127.0.0.1:8081'

/** The document with what its commands print now; addresses and the names of ports are the document's. */
export async function retakeTour(document: string): Promise<string> {
  const origin = await startExampleOrigin()
  await using scratch = await makeScratch()
  const args = [
    '--origin',
    origin.url,
    '--listen',
    '127.0.0.1:0',
    '--api',
    '127.0.0.1:0',
    '--data',
    `${scratch.path}/data`,
  ]
  await using edge = await startEdgeProcess({ args })
  const type = async (command: string): Promise<string> => {
    const typed = command
      .replaceAll(EDGE, edge.edgeUrl)
      .replaceAll(ORIGIN, origin.url)
      .replaceAll(API, edge.apiUrl)
      .replaceAll('npx varyant', `node ${ROOT}bin/varyant.js`)
    const environment = { ...process.env, VARYANT_API: edge.apiUrl, VARYANT_API_TOKEN: edge.token, NO_COLOR: '1' }
    const run = Bun.spawn(['sh', '-c', typed], { cwd: scratch.path, env: environment, stdout: 'pipe', stderr: 'pipe' })
    const printed = (await run.stdout.text()) + (await run.stderr.text())
    return printed
      .replaceAll('\r', '')
      .replaceAll(new URL(edge.edgeUrl).port, new URL(EDGE).port)
      .replaceAll(new URL(origin.url).port, new URL(ORIGIN).port)
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-11-27T15:00:00.000Z')
  }
  try {
    return await retakeBlocks(document, type)
  } finally {
    origin.stop()
  }
}

async function retakeBlocks(document: string, type: (command: string) => Promise<string>): Promise<string> {
  let retaken = ''
  let end = 0
  for (const block of document.matchAll(BLOCK)) {
    retaken += `${document.slice(end, block.index)}\`\`\`console\n`
    for (const { command, printed } of commandsOf(block[1] ?? '')) {
      const now = await type(command)
      // What differs in times alone stays, so that nothing changes when nothing has changed.
      retaken += `$ ${command}\n${withoutTimes(now) === withoutTimes(printed) ? printed : now}`
    }
    retaken += '```'
    end = block.index + block[0].length
  }
  return retaken + document.slice(end)
}

/** The commands of a block of kind `console`, each with the lines behind it. */
export function commandsOf(block: string): readonly { readonly command: string; readonly printed: string }[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...printed] = part.split('\n')
      return { command, printed: printed.join('\n') }
    })
}

/** How many commands a document has. */
export function countCommands(document: string): number {
  return [...document.matchAll(BLOCK)].flatMap((block) => commandsOf(block[1] ?? '')).length
}

/** Two runs differ in seconds and nothing else. */
export function withoutTimes(document: string): string {
  return document.replaceAll(/\b\d+ s\b/g, 'N s').replaceAll(/ +/g, ' ')
}

async function startExampleOrigin(): Promise<{ readonly url: string; stop(): void }> {
  const child = Bun.spawn(['node', `${ROOT}docs/examples/cors-origin.mjs`], {
    env: { ...process.env, PORT: '0' },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const reader = child.stdout.getReader()
  let said = ''
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
    if (url !== undefined && said.endsWith('\n')) return { url, stop: () => child.kill() }
    const piece = await reader.read()
    if (piece.done) throw new Error(`the example origin did not start: ${said}`)
    said += new TextDecoder().decode(piece.value)
  }
}
