/** One scene: its clip or how far that is, its words, what went wrong and what can be done. */

import { useSignal } from "@preact/signals";
import { retryJob } from "../../api/films";
import { withParameter, videoOf } from "../../api/media";
import type { Film, JobBrief, Problem, Scene } from "../../api/types";
import { paceOf } from "../../live/progress";
import { Badge } from "../../parts/badge";
import { Bar } from "../../parts/bar";
import { Button } from "../../parts/button";
import { Eta } from "../../parts/eta";
import { Icon } from "../../parts/icon";
import { Player } from "../../parts/player";
import { sentence } from "../../parts/toasts";
import { isOver, ownJobOf, type Standing, standingOf } from "../../words/counts";
import { adviceOn, chargeOf } from "../../words/faults";
import { shapeOf, waitsFor } from "../../words/film";
import { duration } from "../../words/time";
import { useRefresh } from "./film";

interface Props {
  film: Film;
  scene: Scene;
}

export function Card({ film, scene }: Props) {
  const standing = standingOf(scene, film);
  const problem = standing === "failed" ? (ownJobOf(film, scene)?.error ?? null) : null;
  return (
    <article class={`frame ${standing}`} aria-label={`Scene ${scene.number}`}>
      <Media film={film} scene={scene} standing={standing} />
      <header>
        <h3 title={scene.title}><i>{scene.number}</i> {scene.title ?? `Scene ${scene.number}`}</h3>
        <Badge standing={standing} word={scene.is_stand_in && scene.clip ? "Stand-in" : undefined} />
      </header>
      <Words scene={scene} />
      {standing === "failed" && <Fault problem={problem} isStandIn={scene.is_stand_in} />}
      <Actions film={film} scene={scene} standing={standing} />
    </article>
  );
}

function Media({ film, scene, standing }: Props & { standing: Standing }) {
  const clip = scene.clip;
  return (
    <div class={`media ${clip ? "" : standing}`} style={{ aspectRatio: shapeOf(film) }}>
      {clip ? (
        <Player clip={clip} label={`Scene ${scene.number}`} />
      ) : standing === "generating" && scene.job ? (
        <Generating job={scene.job} number={scene.number} />
      ) : (
        <p class="still">
          <Icon name={standing === "failed" ? "alert" : "clock"} />
          {standing === "failed" ? "No clip" : waitsFor(film, scene)}
        </p>
      )}
    </div>
  );
}

function Generating({ job, number }: { job: JobBrief; number: number }) {
  const { fraction, message, endsAt } = paceOf(job).value;
  return (
    <div class="filming">
      <p><span>{message ? sentence(message).replace(/\.$/, "") : "Filming"}</span><b>{Math.round(fraction * 100)} %</b></p>
      <Bar fraction={fraction} label={`Scene ${number}`} />
      <Eta endsAt={endsAt} />
    </div>
  );
}

function Words({ scene }: { scene: Scene }) {
  const open = useSignal(false);
  return (
    <div class="scene-words">
      <p class={open.value ? "" : "clamped"}>{scene.description}</p>
      <Button kind="quiet" expanded={open.value} onPress={() => void (open.value = !open.value)}>
        {open.value ? "Less" : "All of it"}
      </Button>
    </div>
  );
}

function Fault({ problem, isStandIn }: { problem: Problem | null; isStandIn: boolean }) {
  return (
    <div class="fault-box">
      <p>{problem ? sentence(problem.message) : "It was stopped before it was made."}</p>
      {problem && <p class="hint">{adviceOn(problem)} {chargeOf(problem)}</p>}
      {isStandIn && <p class="hint">The portrait, slowly moved, stands in for it.</p>}
    </div>
  );
}

function Actions({ film, scene, standing }: Props & { standing: Standing }) {
  const refresh = useRefresh();
  const job = ownJobOf(film, scene);
  const mayRetry = standing === "failed" && !isOver(film) && job !== null && ["failed", "canceled"].includes(job.status);
  return (
    <div class="row">
      {mayRetry && (
        <Button icon="retry" doing="Trying…" onPress={() => retryJob(job.job_id).then(refresh)}>Try again</Button>
      )}
      {scene.clip && (
        <a class="button quiet" href={withParameter(videoOf(scene.clip), "download=1")} download aria-label={`Download scene ${scene.number}`}>
          <Icon name="download" />
        </a>
      )}
      {scene.clip?.duration_seconds && <span class="length">{duration(scene.clip.duration_seconds)}</span>}
    </div>
  );
}
