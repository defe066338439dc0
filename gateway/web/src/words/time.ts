/** Durations and dates in words. */

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** The same where nobody may know. */
export function roughly(seconds: number | null): string {
  return seconds === null ? "time not known" : `about ${duration(seconds)}`;
}

/** What is left, as people say it: never a false second. */
export function left(seconds: number): string {
  if (seconds < 4) return "a moment left";
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s left`;
  if (seconds < 90) return "about a minute left";
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} minutes left`;
  return `about ${duration(Math.round(seconds / 600) * 600)} left`;
}

/** As on a player: 1:05. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function ago(iso: string, now: number): string {
  const passed = (now - Date.parse(iso)) / 1000;
  if (passed > 7 * 86_400) return new Date(iso).toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" });
  const [unit, size] = UNITS.find(([, seconds]) => passed >= seconds) ?? ["minute", Infinity];
  return size === Infinity ? "just now" : relative.format(-Math.floor(passed / size), unit);
}
