/** One call to the gateway: JSON in, JSON out, every failure an `ApiError` in words. */

import { signal } from "@preact/signals";
import type { Problem } from "./types";

const BASE = "/api/mv";
const KEY = "scenebeat.key";
/** The page loads nothing from elsewhere: no address in an answer may be that of a bucket. */
const MEDIA_AT_OUR_ORIGIN = "media=gateway";

/** Is a key needed that we don't have? The page asks for it then, once. */
export const keyIsWanted = signal<string | null>(null);

export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
    readonly problem: Problem | null = null,
  ) {
    super(message);
  }
}

export interface Options {
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
}

export async function call<T>(path: string, { method = "GET", body, signal: aborted }: Options = {}): Promise<T> {
  const answer = await sent(`${BASE}${path}`, {
    method,
    signal: aborted,
    headers: headers(body !== undefined, method),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 204) return undefined as T;
  const told: unknown = await answer.json().catch(() => null);
  if (answer.ok) return told as T;
  throw refusal(answer.status, told as Problem | null);
}

/** Before the page is loaded anew: a key stays wanted till then, so that a late refusal of the old page drops nothing. */
export function keepKey(key: string): void {
  sessionStorage.setItem(KEY, key);
}

export function heldKey(): string | null {
  return sessionStorage.getItem(KEY);
}

function headers(hasBody: boolean, method: string): HeadersInit {
  const key = heldKey();
  return {
    Accept: "application/json",
    Prefer: MEDIA_AT_OUR_ORIGIN,
    ...(hasBody ? { "Content-Type": "application/json" } : {}),
    ...(method === "POST" ? { "Idempotency-Key": crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` } : {}),
    ...(key ? { Authorization: `Bearer ${key}` } : {}),
  };
}

async function sent(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("The gateway does not answer. Is it still running?", "UNREACHABLE", 0);
  }
}

function refusal(status: number, problem: Problem | null): ApiError {
  if (status === 401 && keyIsWanted.value === null) {
    keyIsWanted.value = heldKey() ? "That key is not valid here." : "This gateway asks for a key.";
    sessionStorage.removeItem(KEY);
  }
  if (problem?.error_code) return new ApiError(problem.message, problem.error_code, status, problem);
  return new ApiError(`The gateway answered ${status}.`, "UNREADABLE", status);
}
