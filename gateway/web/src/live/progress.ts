/** How far each job is: a signal of its own, so that one card moves and no other is drawn. */

import { type Signal, signal } from "@preact/signals";
import type { JobBrief, JobTold } from "../api/types";

export interface Pace {
  fraction: number;
  message: string;
  /** When it will probably be done, by this clock; null where nobody knows. */
  endsAt: number | null;
}

const paces = new Map<string, Signal<Pace>>();

export function paceOf(job: Pick<JobBrief, "job_id" | "fraction" | "message" | "eta_seconds">): Signal<Pace> {
  const known = paces.get(job.job_id);
  if (known) return known;
  const made = signal<Pace>({ fraction: job.fraction, message: job.message, endsAt: endOf(job.eta_seconds) });
  paces.set(job.job_id, made);
  return made;
}

/** From an answer: the estimate of its end is fresh. */
export function notePace(job: JobBrief): void {
  const pace = paceOf(job);
  const { fraction, message } = pace.peek();
  pace.value = {
    fraction: Math.max(fraction, job.fraction),
    message: job.message || message,
    endsAt: endOf(job.eta_seconds) ?? pace.peek().endsAt,
  };
}

/** From the line. A fraction never goes down. */
export function hearPace(job: JobTold): void {
  const pace = paces.get(job.job_id);
  if (!pace) return;
  const { fraction, endsAt } = pace.peek();
  pace.value = { fraction: Math.max(fraction, job.progress.fraction), message: job.progress.message, endsAt };
}

function endOf(seconds: number | null): number | null {
  return seconds === null ? null : Date.now() + seconds * 1000;
}
