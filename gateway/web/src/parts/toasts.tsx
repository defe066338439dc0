/** What just happened, or did not, in a sentence that goes away by itself or on a press. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../api/http";
import { Button } from "./button";

interface Toast {
  id: number;
  text: string;
  kind: "said" | "fault";
}

const SHOWN_MS = { said: 5_000, fault: 12_000 };
const toasts = signal<Toast[]>([]);
let count = 0;

export function say(text: string, kind: Toast["kind"] = "said"): void {
  const toast = { id: (count += 1), text, kind };
  toasts.value = [...toasts.value.slice(-2), toast];
  setTimeout(() => drop(toast.id), SHOWN_MS[kind]);
}

export function sayFault(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (error instanceof ApiError && error.status === 401) return; // the key is asked for
  if (!(error instanceof ApiError)) console.error(error);
  say(error instanceof ApiError ? sentence(error.message) : "Something went wrong in this page.", "fault");
}

export function sentence(text: string): string {
  const beginsWithAModel = /^[\w.-]+\//.test(text);
  const first = beginsWithAModel ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}

function drop(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.hidePopover?.();
    if (toasts.value.length) box.current?.showPopover?.(); // last on the top layer: over a dialog too
  }, [toasts.value]);
  return (
    <div role="status" aria-live="polite">
      <div ref={box} class="toasts" popover="manual">
        {toasts.value.map((toast) => (
          <div key={toast.id} class={`toast ${toast.kind}`}>
            <p>{toast.text}</p>
            <Button kind="quiet" icon="close" label="Dismiss" onPress={() => drop(toast.id)} />
          </div>
        ))}
      </div>
    </div>
  );
}
