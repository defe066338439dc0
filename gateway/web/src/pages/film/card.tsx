/** One scene: its clip or how far that is, its words, what went wrong and what can be done. */

import { useSignal } from "@preact/signals";
import { CALLS, priceOf, retryScenes } from "../../api/edits";
import { retryJob } from "../../api/films";
import { withParameter } from "../../api/media";
import { offers } from "../../api/offers";
import type { Film, JobBrief, Problem, Scene } from "../../api/types";
import { paceOf } from "../../live/progress";
import { Badge } from "../../parts/badge";
import { Bar } from "../../parts/bar";
import { Button } from "../../parts/button";
import { Eta } from "../../parts/eta";
import { Icon } from "../../parts/icon";
import { Player } from "../../parts/player";
import { Priced } from "../../parts/priced";
import { sentence } from "../../parts/toasts";
import { isOver, ownJobOf, type Standing, standingOf } from "../../words/counts";
import { adviceOn, chargeOf } from "../../words/faults";
import { shapeOf, waitsFor } from "../../words/film";
import { duration } from "../../words/time";
import { useRefresh } from "./film";
import { dragged, move, over, placeOf } from "./order";
import { Rewrite } from "./rewrite";
import { Versions } from "./versions";

interface Props {
  film: Film;
  scene: Scene;
}

export function Card({ film, scene }: Props) {
  const standing = standingOf(scene, film);
  const editing = useSignal(false);
  const problem = standing === "failed" ? (ownJobOf(film, scene)?.error ?? null) : null;
  return (
    <article class={`frame ${standing} ${over.value === scene.number ? "target" : ""}`} aria-label={`Scene ${scene.number}`} {...dropping(film, scene)}>
      <Media film={film} scene={scene} standing={standing} />
      <header>
        <h3 title={scene.title}><i>{scene.number}</i> {scene.title ?? `Scene ${scene.number}`}</h3>
        <Badge standing={standing} word={scene.is_stand_in && scene.clip ? "Stand-in" : undefined} />
      </header>
      {editing.value ? (
        <Rewrite film={film} scene={scene} onClose={() => (editing.value = false)} />
      ) : (
        <Words scene={scene} />
      )}
      {standing === "failed" && <Fault problem={problem} isStandIn={scene.is_stand_in} />}
      {scene.clip && <Stale scene={scene} />}
      {!editing.value && <Actions film={film} scene={scene} standing={standing} onEdit={() => (editing.value = true)} />}
    </article>
  );
}

function dropping(film: Film, scene: Scene) {
  const refresh = useRefresh();
  return {
    onDragOver(event: DragEvent) {
      if (dragged.value === null) return;
      event.preventDefault();
      over.value = dragged.value === scene.number ? null : scene.number;
    },
    onDrop(event: DragEvent) {
      event.preventDefault();
      const number = dragged.value;
      dragged.value = over.value = null;
      if (number !== null && number !== scene.number) void move(film.production_id, number, placeOf(scene, film.scenes)).then(refresh);
    },
  };
}

function Media({ film, scene, standing }: Props & { standing: Standing }) {
  const clip = scene.clip;
  const remaking = clip && scene.job && ["queued", "running"].includes(scene.job.status) ? scene.job : null;
  return (
    <>
      <div class={`media ${clip ? "" : standing}`} style={{ aspectRatio: shapeOf(film) }}>
        {clip ? (
          <Player clip={clip} label={`Clip of scene ${scene.number}`} />
        ) : standing === "generating" && scene.job ? (
          <Generating job={scene.job} number={scene.number} />
        ) : (
          <p class="still">
            <Icon name={standing === "failed" ? "alert" : "clock"} />
            {standing === "failed" ? "No clip" : waitsFor(film, scene)}
          </p>
        )}
      </div>
      {remaking && <Generating job={remaking} number={scene.number} />}
    </>
  );
}

function Generating({ job, number }: { job: JobBrief; number: number }) {
  const { fraction, message, endsAt } = paceOf(job).value;
  const doing = job.status === "queued" ? "In line for a free hand" : "Filming";
  return (
    <div class="filming">
      <p><span>{message ? sentence(message).replace(/\.$/, "") : doing}</span><b>{Math.round(fraction * 100)} %</b></p>
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

const STALE: Record<string, string> = { words: "other words", character: "another portrait" };

function Stale({ scene }: { scene: Scene }) {
  const because = scene.stale_because ?? [];
  if (!because.length) return null;
  return <p class="hint"><Icon name="alert" /> Filmed with {because.map((one) => STALE[one] ?? one).join(" and ")}. Film it again to match.</p>;
}

function Actions({ film, scene, standing, onEdit }: Props & { standing: Standing; onEdit: () => void }) {
  return (
    <div class="row">
      {standing === "failed" && <Retry film={film} scene={scene} />}
      {offers(CALLS.change) && film.status !== "canceling" && (
        <Button kind="quiet" icon="pencil" label={`Change scene ${scene.number}`} onPress={onEdit} />
      )}
      {offers(CALLS.choose) && hasVersions(film, scene) && <Earlier film={film} scene={scene} />}
      {scene.clip && (
        <a class="button quiet alone" href={withParameter(scene.clip.video_url, "download=1")} download title="Download" aria-label={`Download scene ${scene.number}`}>
          <Icon name="download" />
        </a>
      )}
      {offers(CALLS.change) && film.scenes.length > 1 && <Moves film={film} scene={scene} />}
      {scene.clip?.duration_seconds && <span class="length">{duration(scene.clip.duration_seconds)}</span>}
    </div>
  );
}

function hasVersions(film: Film, scene: Scene): boolean {
  return scene.version > 1 || film.jobs.some((job) => job.part?.startsWith(`clip/${scene.number}/`));
}

function Retry({ film, scene }: Props) {
  const refresh = useRefresh();
  const job = ownJobOf(film, scene);
  if (isOver(film) && offers(CALLS.retry)) {
    const scenes = [scene.number];
    return (
      <Priced
        icon="retry"
        question={`Try scene ${scene.number} again?`}
        price={() => priceOf(film.production_id, "retry", { scenes })}
        onOrder={() => retryScenes(film.production_id, scenes).then(refresh)}
      >
        Try again
      </Priced>
    );
  }
  if (isOver(film) || !job || !["failed", "canceled"].includes(job.status)) return null;
  return <Button icon="retry" doing="Trying…" onPress={() => retryJob(job.job_id).then(refresh)}>Try again</Button>;
}

function Earlier({ film, scene }: Props) {
  const open = useSignal(false);
  return (
    <>
      <Button kind="quiet" icon="versions" label={`Versions of scene ${scene.number}`} onPress={() => void (open.value = true)} />
      {open.value && <Versions film={film} scene={scene} onClose={() => (open.value = false)} />}
    </>
  );
}

function Moves({ film, scene }: Props) {
  const refresh = useRefresh();
  const place = placeOf(scene, film.scenes);
  const to = (position: number) => move(film.production_id, scene.number, position).then(refresh);
  return (
    <>
      <Button kind="quiet" icon="earlier" label={`Move scene ${scene.number} earlier`} disabled={place === 1} onPress={() => to(place - 1)} />
      <Button kind="quiet" icon="later" label={`Move scene ${scene.number} later`} disabled={place === film.scenes.length} onPress={() => to(place + 1)} />
      <span
        class="grip"
        draggable
        title="Drag to another place"
        aria-hidden="true"
        onDragStart={(event) => {
          dragged.value = scene.number;
          event.dataTransfer?.setData("text/plain", String(scene.number));
          const card = event.currentTarget.closest("article");
          if (card) event.dataTransfer?.setDragImage(card, 24, 24);
        }}
        onDragEnd={() => void (dragged.value = over.value = null)}
      >
        <Icon name="grip" />
      </span>
    </>
  );
}
