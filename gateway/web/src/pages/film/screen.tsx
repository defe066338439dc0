/** The top of a film's page: the cut when it is there; until then what is being done, and how far it is. */

import type { Film, JobBrief } from "../../api/types";
import { useMemo } from "preact/hooks";
import { withParameter } from "../../api/media";
import { paceOf } from "../../live/progress";
import { Bar } from "../../parts/bar";
import { Eta } from "../../parts/eta";
import { Icon } from "../../parts/icon";
import { Player } from "../../parts/player";
import { sentence } from "../../parts/toasts";
import { isOver, plural } from "../../words/counts";
import { adviceOn, chargeOf } from "../../words/faults";
import { doing, shapeOf, titleOf } from "../../words/film";
import { bytes } from "../../words/bytes";
import { clock } from "../../words/time";
import { Recut } from "./recut";

export function Screen({ film }: { film: Film }) {
  if (film.final_video) return <Cut film={film} />;
  if (film.status === "failed") return <Failed film={film} />;
  if (isOver(film)) return <Stopped film={film} />;
  return <UnderWay film={film} />;
}

function Cut({ film }: { film: Film }) {
  const cut = film.final_video!;
  const cutting = film.jobs.find((job) => job.kind === "stitch_videos" && !["succeeded", "failed", "canceled", "partial"].includes(job.status));
  return (
    <section class="screen" aria-label="The film">
      <div class="picture" style={{ "--shape": shapeOf(film) }}>
        <Player clip={cut} label={titleOf(film)} />
      </div>
      {cutting && <Cutting job={cutting} />}
      <div class="under">
        <span class="facts">
          {clock(cut.duration_seconds ?? 0)} · {cut.width} × {cut.height} · {bytes(cut.size_bytes)}
        </span>
        <span class="row">
          {!cutting && <Recut film={film} />}
          <a class="button plain" href={withParameter(cut.video_url, "download=1")} download>
            <Icon name="download" /> Download
          </a>
        </span>
      </div>
    </section>
  );
}

function Cutting({ job }: { job: JobBrief }) {
  const pace = paceOf(job).value;
  return (
    <div class="cutting" role="status">
      <span>Cutting it again. This one stays until the new one is there.</span>
      <Bar fraction={pace.fraction} label="New cut" />
    </div>
  );
}

function UnderWay({ film }: { film: Film }) {
  const { progress, eta_seconds } = film;
  const endsAt = useMemo(() => Date.now() + (eta_seconds ?? 0) * 1000, [film]);
  const waits = film.status === "waiting" ? "It goes on when you say so" : "";
  const said = /^waiting/i.test(progress.message) ? sentence(progress.message) : waits;
  return (
    <section class="screen" aria-label="How far it is">
      <div class="picture under-way" style={{ "--shape": shapeOf(film) }}>
        <Backdrop film={film} />
        <div class="now">
          <h2>{doing(film)}</h2>
          <p>
            {said || (progress.total > 0 && `${progress.done} of ${plural(progress.total, "step")} done`)}
            {eta_seconds !== null && <> · <Eta endsAt={endsAt} /></>}
          </p>
        </div>
        <Whole film={film} />
      </div>
    </section>
  );
}

/** The newest thing there is to see of it, dimmed. */
function Backdrop({ film }: { film: Film }) {
  const clip = film.scenes.filter((scene) => scene.clip?.poster_url).at(-1)?.clip;
  const still = clip ? (clip.poster_url ?? undefined) : film.character.chosen?.url;
  return still ? <img class="backdrop" src={still} alt="" /> : <span class="backdrop" aria-hidden="true" />;
}

/** The whole film moves with its parts, between two answers too. */
function Whole({ film }: { film: Film }) {
  const shares = film.jobs.map((job) => paceOf(job).value.fraction - job.fraction);
  const since = shares.reduce((total, share) => total + Math.max(0, share), 0) / Math.max(film.jobs.length, 6);
  const fraction = Math.min(0.99, film.progress.fraction + since * 0.75);
  return (
    <>
      <span class="percent">{Math.round(fraction * 100)}<small>%</small></span>
      <Bar fraction={fraction} label="The whole film" />
    </>
  );
}

function Failed({ film }: { film: Film }) {
  const error = film.error;
  return (
    <section class="screen over" role="alert">
      <h2><Icon name="alert" /> The film could not be finished</h2>
      {error && <p>{sentence(error.message)}</p>}
      {error && <p class="hint">{adviceOn(error)} {chargeOf(error)}</p>}
    </section>
  );
}

function Stopped({ film }: { film: Film }) {
  const clips = film.scenes.filter((scene) => scene.clip).length;
  return (
    <section class="screen over">
      <h2>You stopped this film</h2>
      <p>{clips ? `${plural(clips, "clip was", "clips were")} ready and kept below.` : "Nothing was filmed yet."}</p>
    </section>
  );
}
