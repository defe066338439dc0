import { describe, expect, it } from "vitest";
import type { Film, JobBrief, Scene } from "../src/api/types";
import { waitBefore } from "../src/live/patience";
import { bytes } from "../src/words/bytes";
import { countsOf, ownJobOf, standingOf } from "../src/words/counts";
import { adviceOn } from "../src/words/faults";
import { dollars, sum } from "../src/words/money";
import { nameOf } from "../src/words/models";
import { ago, clock, duration, left } from "../src/words/time";

describe("time", () => {
  it("is said as people say it", () => {
    expect([0.4, 59, 60, 75, 3600, 5400].map(duration)).toEqual(["0 s", "59 s", "1 min", "1 min 15 s", "1 h", "1 h 30 min"]);
    expect([65, 3].map(clock)).toEqual(["1:05", "0:03"]);
  });

  it("never promises a second that nobody knows", () => {
    expect([-5, 2, 12, 58, 200, 4000].map(left)).toEqual([
      "a moment left",
      "a moment left",
      "about 15 s left",
      "about a minute left",
      "about 3 minutes left",
      "about 1 h 10 min left",
    ]);
  });

  it("knows yesterday", () => {
    const now = Date.parse("2026-11-25T12:00:00Z");
    expect(ago("2026-11-25T11:59:50Z", now)).toBe("just now");
    expect(ago("2026-11-24T11:00:00Z", now)).toBe("yesterday");
    expect(ago("2026-10-01T00:00:00Z", now)).toBe("Oct 1, 2026");
  });
});

describe("money", () => {
  it("is free only at nothing", () => {
    expect(["0", null, "0.004", "12.968"].map(dollars)).toEqual(["free", "free", "less than 1 ¢", "$12.97"]);
    expect(["0", "0.004", "3"].map(sum)).toEqual(["$0.00", "less than $0.01", "$3.00"]);
  });
});

describe("the way back to a lost line", () => {
  it("begins at once and never takes longer than a patient person", () => {
    expect(waitBefore(1, 0)).toBe(300);
    expect(waitBefore(2, 0.5)).toBe(800);
    expect(waitBefore(50, 1)).toBe(12_500);
  });
});

describe("a film's scenes", () => {
  const job = (status: JobBrief["status"], part = "clip/1") => ({ status, part }) as JobBrief;
  const scene = (told: Partial<Scene>) => ({ number: 1, clip: null, is_stand_in: false, job: null, ...told }) as Scene;
  const clip = { video_id: "x" } as Scene["clip"];
  const film = (status: string, scenes: Scene[], count = scenes.length, jobs: JobBrief[] = []) =>
    ({ status, scenes, jobs, settings: { number_of_scenes: count } }) as Film;

  it("wait, are filmed, are there or are lost", () => {
    const running = film("running", []);
    expect(standingOf(scene({}), running)).toBe("waiting");
    expect(standingOf(scene({ job: job("queued") }), running)).toBe("waiting");
    expect(standingOf(scene({ job: job("running") }), running)).toBe("generating");
    expect(standingOf(scene({ clip, job: job("succeeded") }), running)).toBe("ready");
    expect(standingOf(scene({ job: job("failed") }), running)).toBe("failed");
    expect(standingOf(scene({ clip, is_stand_in: true }), running)).toBe("failed");
    expect(standingOf(scene({}), film("canceled", []))).toBe("failed");
  });

  it("are counted with those that nobody has written yet", () => {
    expect(countsOf(film("running", [scene({ clip })], 4))).toEqual({ loading: 3, succeeded: 1, failed: 0 });
    expect(countsOf(film("failed", [], 4))).toEqual({ loading: 0, succeeded: 0, failed: 0 });
  });

  it("tell why their own clip failed, whatever stands in for it", () => {
    const jobs = [job("failed", "clip/1"), job("failed", "clip/11"), job("succeeded", "filler/1"), job("failed", "clip/1/2")];
    expect(ownJobOf(film("partial", [], 1, jobs), scene({ job: jobs[2]! }))).toBe(jobs[3]);
  });
});

it("says what helps, and names models as people do", () => {
  expect(adviceOn({ error_code: "CONTENT_POLICY_VIOLATION" } as never)).toContain("words");
  expect(adviceOn({ error_code: "NEW_ONE", retryable: true } as never)).toBe("Try it again.");
  expect(nameOf("google/veo-3.1")).toBe("Veo 3.1");
  expect([900, 13_800_000, 2e9].map(bytes)).toEqual(["1 kB", "13.8 MB", "2.0 GB"]);
});
