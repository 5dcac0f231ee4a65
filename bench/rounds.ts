// Which rounds count, and what they say.  Pure: run.ts measures, this file judges.
//
// A round measures every contender of a scenario once, one after the other, so that a slow minute of a shared machine
// hits all of them alike; ratios are taken within a round, and the median round speaks.  A round in which strangers used
// the server's core, or the hypervisor took it away, is taken again, and so are rounds that stray from the others.

import type { Micros } from './processor.ts'

/** One contender's measurement in one round. */
export type Sample = {
  /** Processor time of the contender's processes for each request. */
  readonly perRequest: Micros
  readonly requests: number
  /** Share of the server's core that others used or the hypervisor stole, 0 to 1. */
  readonly foreign: number
  /** Requests that reached the origin server meanwhile. */
  readonly originRequests: number
}

/** The samples of one round, by contender. */
export type Round = Readonly<Record<string, Sample>>

/** Strangers' share of the server's core above which a round does not count. */
export const MAX_FOREIGN = 0.08
/** How far the ratio of a round may be from the median of all, as a share of it. */
export const MAX_STRAY = 0.25
/** Rounds measured at most, as a multiple of the rounds asked for. */
export const MAX_RETAKES = 3

/** Whether strangers spoilt a round. */
export function isDisturbed(round: Round): boolean {
  return Object.values(round).some((sample) => sample.foreign > MAX_FOREIGN)
}

/** Whether another round should be measured: too few count so far, and the limit of retakes is not reached. */
export function needsAnotherRound(rounds: readonly Round[], wanted: number, subject: string, peer?: string): boolean {
  return rounds.length < wanted * MAX_RETAKES && countingRounds(rounds, subject, peer).length < wanted
}

/** The rounds that count: undisturbed, and not astray from the median of the undisturbed ones. */
export function countingRounds(rounds: readonly Round[], subject: string, peer?: string): readonly Round[] {
  const calm = rounds.filter((round) => !isDisturbed(round))
  const values = calm.map((round) => roundValue(round, subject, peer))
  const middle = median(values)
  if (middle === undefined) return []
  return calm.filter((_, i) => Math.abs((values[i] ?? middle) - middle) <= middle * MAX_STRAY)
}

/** What a scenario's rounds say in the end. */
export type Figure = {
  /** Median processor time for each request, by contender. */
  readonly perRequest: Readonly<Record<string, Micros>>
  /** Median of the rounds' ratios of the subject to the peer, and their extremes; undefined without a peer. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number } | undefined
  readonly counted: number
  readonly measured: number
  /** Whether the counted rounds are fewer than asked for, so that disturbed ones had to speak. */
  readonly noisy: boolean
}

/** The figure of a scenario; when too few rounds count, all of them speak and the figure says so. */
export function figureOf(rounds: readonly Round[], wanted: number, subject: string, peer?: string): Figure {
  const counting = countingRounds(rounds, subject, peer)
  const noisy = counting.length < wanted
  const speaking = noisy ? rounds : counting
  const perRequest: Record<string, Micros> = {}
  for (const name of Object.keys(speaking[0] ?? {})) {
    perRequest[name] = (median(speaking.map((round) => round[name]?.perRequest ?? 0)) ?? 0) as Micros
  }
  return {
    perRequest,
    ratio: ratioOf(speaking, subject, peer),
    counted: speaking.length,
    measured: rounds.length,
    noisy,
  }
}

function ratioOf(rounds: readonly Round[], subject: string, peer?: string): Figure['ratio'] {
  if (peer === undefined) return undefined
  const ratios = rounds.map((round) => roundValue(round, subject, peer))
  const middle = median(ratios)
  return middle === undefined ? undefined : { median: middle, least: Math.min(...ratios), most: Math.max(...ratios) }
}

/** The ratio of a round, or the subject's own time when there is no peer. */
function roundValue(round: Round, subject: string, peer?: string): number {
  const own = round[subject]?.perRequest ?? 0
  const other = peer === undefined ? 1 : (round[peer]?.perRequest ?? 0)
  return other === 0 ? Number.POSITIVE_INFINITY : own / other
}

/** The middle value, the mean of the two middle ones for an even count, or undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2
}
