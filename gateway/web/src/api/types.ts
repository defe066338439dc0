/** What the gateway answers, as far as the studio reads it. A test holds these against real answers. */

export type JobStatus = "queued" | "running" | "succeeded" | "partial" | "failed" | "canceling" | "canceled";

export interface Problem {
  error: string;
  error_code: string;
  message: string;
  status: number;
  retryable: boolean;
  charged: boolean;
  stage: string | null;
  backend_used: string | null;
  model_used: string | null;
  provider_code: string | null;
  request_id: string | null;
  errors?: { path: string; message: string }[];
}

export interface Progress {
  fraction: number;
  stage: string;
  message: string;
  done: number;
  total: number;
}

export interface JobBrief {
  job_id: string;
  kind: string;
  part: string | null;
  status: JobStatus;
  fraction: number;
  message: string;
  eta_seconds: number | null;
  error: Problem | null;
}

export interface Picture {
  id: string;
  url: string;
  width: number | null;
  height: number | null;
  seed: number | null;
}

export interface Clip {
  video_id: string;
  video_url: string;
  poster_url: string | null;
  duration_seconds: number | null;
  width: number | null;
  height: number | null;
}

export interface Scene {
  number: number;
  version: number;
  title?: string;
  description: string;
  negative_description?: string;
  caption?: string;
  duration_seconds?: number;
  /** Where it is seen, from 1; `stale_because`: what has changed since its clip was made. */
  position?: number;
  stale_because?: string[];
  clip: Clip | null;
  is_stand_in: boolean;
  job: JobBrief | null;
}

export interface SceneVersion {
  version: number;
  chosen: boolean;
  created_at: string;
  title?: string;
  description: string;
  model: string | null;
  clip: Clip | null;
  job: JobBrief | null;
}

export interface SceneVersions extends Scene {
  versions: SceneVersion[];
}

export interface FinalVideo extends Clip {
  contact_sheet_url: string | null;
  size_bytes: number;
}

export interface Cost {
  estimated_usd: string | null;
  reserved_usd: string | null;
  actual_usd: string | null;
  budget_usd: string | null;
}

export interface Transition {
  type: string;
  seconds: number | null;
}

export interface Film {
  production_id: string;
  status: string;
  stage: string;
  project: string | null;
  title: string | null;
  error: Problem | null;
  warnings: string[];
  created_at: string;
  completed_at: string | null;
  progress: Progress;
  eta_seconds: number | null;
  request: Record<string, unknown>;
  settings: {
    number_of_scenes: number;
    seed: number;
    on_failed_scene: string;
    models: { scene: string | null; image: string | null; video: string | null };
    width: number | null;
    height: number | null;
    transition: Transition[] | null;
    /** The cards before and after the film. */
    title: string | null;
    credits: string | null;
  };
  scenes: Scene[];
  character: { candidates: Picture[]; chosen: { id: string; url: string } | null; job: JobBrief | null };
  jobs: JobBrief[];
  cost: Cost;
  final_video: FinalVideo | null;
}

export interface JobTold {
  job_id: string;
  kind: string;
  status: JobStatus;
  progress: Progress;
  error: Problem | null;
  production_id: string | null;
  part: string | null;
}

export interface JobWhole extends JobTold {
  cost: { estimated_usd: string };
}

export interface PortraitJob extends JobTold {
  eta_seconds: number | null;
  made_so_far: Picture[];
  result: { images: Picture[]; failed_images: { index: number; error_code: string; message: string }[] } | null;
  urls: Record<string, string>;
}

export interface Model {
  id: string;
  kind: string;
  backend: string;
  is_default: boolean;
  is_reachable: boolean | null;
  price: { per: string; usd: string; as_of: string } | null;
  typical_seconds: number;
  aspect_ratios: string[];
  resolutions: string[];
  durations: number[] | { min: number; max: number; step: number | null };
  needs_picture: boolean;
}

export interface EstimatedPart {
  part: string;
  kind: string;
  backend: string;
  model: string;
  count: number;
  usd_each: string;
  usd: string;
  at_once: number | null;
  seconds: number | null;
  adjusted_parameters: Record<string, { asked: unknown; used: unknown }>;
}

export interface Estimate {
  estimated_usd: string;
  seconds: number | null;
  parts: EstimatedPart[];
  warnings: string[];
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
