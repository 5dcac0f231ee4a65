// Circles of imports, types included: two files that need each other are one file, or hide a third.  Pure.

/** Each circle once, as the files along it, beginning with the first by name; the shortest through each file. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found = new Map<string, string[]>()
  for (const start of [...graph.keys()].sort()) {
    const circle = shortestWayBack(graph, start)
    if (circle === undefined) continue
    const key = [...circle].sort().join('\n')
    if (!found.has(key)) found.set(key, circle)
  }
  return [...found.values()]
}

/** Breadth first from `start` until it is met again. */
function shortestWayBack(graph: ReadonlyMap<string, readonly string[]>, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) return wayTo(file, cameFrom)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, file)
      queue.push(next)
    }
  }
  return undefined
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [end]
  for (let file = cameFrom.get(end); file !== undefined; file = cameFrom.get(file)) way.unshift(file)
  return way
}
