// Whose word counts where a browser does something else than the standard says: `explain` is asked what the page gets.

export type Reading =
  /** The Fetch standard's. */
  | 'standard'
  /**
   * Chromium's, as the oracle has found it: `*` stands for Authorization, no URL with credentials is loaded, and client hints,
   * User-Agent and Intervention are sent without asking; an empty Location is none, and its bytes beyond ASCII stay as they are.
   */
  | 'chromium'
