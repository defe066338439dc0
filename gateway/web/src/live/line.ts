/** The one WebSocket of the page: who follows what, and coming back after a cut without missing anything. */

import { signal } from "@preact/signals";
import { call, heldKey } from "../api/http";
import type { Film, JobTold, PortraitJob } from "../api/types";
import { waitBefore } from "./patience";

export interface Snapshot {
  jobs: PortraitJob[];
  productions: Film[];
}

export type Heard =
  | { kind: "snapshot"; data: Snapshot }
  | { kind: "progress"; job: JobTold }
  | { kind: "event"; subject: string; productionId: string | null; job: JobTold | null };

type Listener = (heard: Heard) => void;
type SubjectName = "production_id" | "job_id";

interface Frame {
  type: string;
  seq: number;
  data: Record<string, unknown>;
}

export type LineState = "off" | "opening" | "open" | "lost";

/** How the line stands, for the banner; and when it will be tried again. */
export const lineState = signal<LineState>("off");
export const nextTryAt = signal<number | null>(null);

const followers = new Map<string, Set<Listener>>();
let socket: WebSocket | null = null;
let lastSeq: number | null = null;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let quiet: ReturnType<typeof setTimeout> | undefined;

const SILENCE_MS = 20_000;
const PATIENCE_MS = 8_000;

/** Hear everything about one production or job from now on; returns how to stop. */
export function follow(name: SubjectName, id: string, listener: Listener): () => void {
  const subject = `${name}=${id}`;
  const listeners = followers.get(subject) ?? new Set();
  followers.set(subject, listeners.add(listener));
  if (listeners.size === 1) say("subscribe", { [name]: id });
  if (!socket) open();
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    followers.delete(subject);
    say("unsubscribe", { [name]: id });
  };
}

export function tryNow(): void {
  if (lineState.value !== "lost") return;
  clearTimeout(timer);
  open();
}

function open(): void {
  lineState.value = failures ? "lost" : "opening";
  nextTryAt.value = null;
  void address().then(connect, comeBackLater);
}

async function address(): Promise<string> {
  const asked = new URLSearchParams([...followers.keys()].map((subject) => subject.split("=") as [string, string]));
  asked.set("media", "gateway");
  if (lastSeq !== null && followers.size) asked.set("after", String(lastSeq));
  if (heldKey()) {
    const { ticket } = await call<{ ticket: string }>("/ws-ticket", { method: "POST" });
    asked.set("ticket", ticket);
  }
  return `${location.origin.replace(/^http/, "ws")}/api/mv/ws?${asked}`;
}

function connect(url: string): void {
  const opened = new WebSocket(url);
  const asked = new Set(followers.keys());
  socket = opened;
  opened.onopen = () => {
    failures = 0;
    lineState.value = "open";
    listenForSilence();
    for (const subject of followers.keys()) if (!asked.has(subject)) say("subscribe", named(subject));
  };
  opened.onmessage = (message) => {
    listenForSilence();
    hear(JSON.parse(message.data as string) as Frame);
  };
  opened.onclose = () => {
    if (socket === opened) comeBackLater();
  };
}

/** Browsers don't show protocol pings: a line that says nothing is asked, and given up when it stays silent. */
function listenForSilence(): void {
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    say("ping", {});
    quiet = setTimeout(() => {
      const silent = socket;
      socket = null;
      silent?.close();
      comeBackLater();
    }, PATIENCE_MS);
  }, SILENCE_MS);
}

function comeBackLater(): void {
  clearTimeout(quiet);
  clearTimeout(timer);
  socket = null;
  lineState.value = "lost";
  const wait = waitBefore((failures += 1));
  nextTryAt.value = Date.now() + wait;
  timer = setTimeout(open, wait);
}

function say(type: string, data: Record<string, string>): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, data }));
}

function named(subject: string): Record<string, string> {
  const [name, id] = subject.split("=") as [string, string];
  return { [name]: id };
}

function hear({ type, seq, data }: Frame): void {
  if (type === "snapshot") tellAll({ kind: "snapshot", data: data as unknown as Snapshot });
  else if (type === "job.progress") tell(data, { kind: "progress", job: data as unknown as JobTold });
  else if (type.startsWith("job.") || type.startsWith("production.")) tell(data, eventOf(type, data));
  if (type !== "error") lastSeq = Math.max(lastSeq ?? 0, seq);
}

function eventOf(type: string, data: Record<string, unknown>): Heard {
  const job = type.startsWith("job.") ? (data as unknown as JobTold) : null;
  return { kind: "event", subject: type, productionId: (data.production_id as string) ?? null, job };
}

function tell(data: Record<string, unknown>, heard: Heard): void {
  for (const name of ["production_id", "job_id"]) {
    for (const listener of [...(followers.get(`${name}=${data[name]}`) ?? [])]) listener(heard);
  }
}

function tellAll(heard: Heard): void {
  for (const listeners of [...followers.values()]) for (const listener of [...listeners]) listener(heard);
}

addEventListener("online", tryNow);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tryNow());
