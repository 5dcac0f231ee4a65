// What runs in the process of a member: the channel to the control process, and signals.
//
// It ends when the channel closes: a control process that was killed leaves nobody serving by a configuration that nobody
// can change.  Signals from a terminal are the control process's to act on; SIGTERM to this process alone drains it.

import { makeTelemetry } from '../telemetry/index.ts'
import { type Member, makeMember } from './member.ts'
import type { FromMember, ToMember } from './messages.ts'

const telemetry = makeTelemetry({ accessLog: true })
let member: Member | undefined
let stopping: Promise<void> | undefined

function send(message: FromMember): void {
  process.send?.(message)
}

function hear(message: ToMember): void {
  try {
    if (message.kind === 'begin') {
      member = makeMember(message, send, telemetry.events)
      send({ kind: 'ready' })
    } else if (message.kind === 'stop') void stop()
    else member?.hear(message)
  } catch (cause) {
    void fail(cause)
  }
}

/** Fail closed: a member that could not do a step must not serve on; another one begins with all that there is. */
async function fail(cause: unknown): Promise<void> {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  send({ kind: 'failed', reason, code })
  await telemetry.flush()
  process.exit(1)
}

function stop(): Promise<void> {
  stopping ??= (async () => {
    await member?.stop()
    await telemetry.flush()
    process.exit(0)
  })()
  return stopping
}

process.on('message', hear)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('SIGTERM', () => void stop())
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
send({ kind: 'hello' })
