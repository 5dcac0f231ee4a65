// Status codes.  RFC 9110 §15.

/** Whether the status ends the exchange; 1xx are interim, and anything outside 100 to 599 is no status.  §15.2 */
export function isFinal(status: number): boolean {
  return status >= 200 && status <= 599
}
