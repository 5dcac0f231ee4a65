// Started by bin/varyant.js as its child?  Then we end when it ends.

/**
 * Ends this process at once when the launcher is gone.  Signals it forwards; only a kill -9 goes unheard, and whoever
 * sends one means the edge: left alone it would hold the ports and the data directory with nobody to stop it.
 */
export function endWithLauncher(): void {
  if (process.connected !== true) return
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
}
