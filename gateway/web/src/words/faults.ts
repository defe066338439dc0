/** What to do about an error: the gateway says what happened, this says what helps. */

import type { Problem } from "../api/types";

const ADVICE: Record<string, string> = {
  CONTENT_POLICY_VIOLATION: "Change the words that may have been refused, then try again.",
  PROVIDER_ERROR: "The provider failed. Try again, or take another model.",
  PROVIDER_BAD_OUTPUT: "What came back cannot be used. Trying again often helps.",
  PROVIDER_TIMEOUT: "The provider took too long. Try again later, or take a faster model.",
  SUBMISSION_UNCERTAIN: "It may have been bought. Look at your provider's page before you try again.",
  BUDGET_EXCEEDED: "Raise the budget, ask for fewer or shorter scenes, or take a cheaper model.",
  RATE_LIMITED: "Too much at once. It can be tried again in a moment.",
  QUOTA_EXCEEDED: "The quota is used up. Try again when it renews, or take another model.",
  MISSING_API_KEY: "Set the key where the gateway runs, or take a model of this machine.",
  MODEL_UNAVAILABLE: "Choose another model.",
  BACKEND_UNAVAILABLE: "The backend is away. Try again later, or take another model.",
  OVERLOADED: "There is too much to do right now. Try again in a moment.",
  STITCH_FAILED: "The clips are kept. Cut them again.",
  CONFLICT: "Try it again.",
  INTERNAL: "That is a bug of ours. Trying again may help.",
};

export function adviceOn(problem: Problem): string {
  return ADVICE[problem.error_code] ?? (problem.retryable ? "Try it again." : "");
}

/** Was it paid for although nothing came of it? */
export function chargeOf(problem: Problem): string {
  return problem.charged ? "The provider may have charged for it." : "";
}
